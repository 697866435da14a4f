// SPDX-License-Identifier: MIT

// The user space of ../execve in Go: what the host offers is declared here and
// called, without any library in between.
package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"os"
	"unsafe"
)

// Made by: ecc -o . ../execve/execve.bpf.c ../execve/execve.h
//
//go:embed execve.bpf.o
var object []byte

// The functions of docs/wasm-abi.md.

//go:wasmimport wasm_bpf wasm_load_bpf_object
func loadObject(object unsafe.Pointer, size uint32) uint64

//go:wasmimport wasm_bpf wasm_attach_bpf_program
func attachProgram(object uint64, name, target unsafe.Pointer) int32

//go:wasmimport wasm_bpf wasm_bpf_map_fd_by_name
func mapByName(object uint64, name unsafe.Pointer) int32

// Go has no number for a function that the host could call; in place of a
// callback an export of this name is called for each record.
//
//go:wasmimport callback-wrapper wasm_bpf_buffer_poll
func pollBuffer(object uint64, fd int32, ctx uint32, data unsafe.Pointer,
	size uint32, timeoutMs int32) int32

// As in ../execve/execve.h.
type event struct {
	pid    int32
	length uint32
	parent [16]byte
	words  [512]byte
}

// What the host copies each record to: memory that Go does not move.
var record event

// It runs while main waits for pollBuffer, and must not wait for main.
//
//go:wasmexport go-callback
func onRecord(ctx, data, size uint32) uint32 {
	if uintptr(size) < unsafe.Sizeof(record) {
		return 0
	}
	parent, _, _ := bytes.Cut(record.parent[:], []byte{0})
	words := bytes.ReplaceAll(record.words[:record.length], []byte{0}, []byte{' '})
	fmt.Printf("[%d] %s -> %s\n", record.pid, parent, words)
	return 0
}

// cString is the text with a NUL behind it.
func cString(text string) unsafe.Pointer {
	return unsafe.Pointer(unsafe.StringData(text + "\x00"))
}

func fail(what string, r int32) {
	fmt.Fprintf(os.Stderr, "%s: %d\n", what, r)
	os.Exit(1)
}

func main() {
	o := loadObject(unsafe.Pointer(unsafe.SliceData(object)), uint32(len(object)))
	if o == 0 {
		fail("cannot load the BPF object", -1)
	}
	if r := attachProgram(o, cString("on_execve"), nil); r < 0 {
		fail("cannot attach on_execve", r)
	}
	fd := mapByName(o, cString("comm_event"))
	if fd < 0 {
		fail("no ring buffer", fd)
	}
	for {
		r := pollBuffer(o, fd, 0, unsafe.Pointer(&record),
			uint32(unsafe.Sizeof(record)), 100)
		if r < 0 {
			fail("cannot poll the ring buffer", r)
		}
	}
}
