module go-execve

go 1.24
