// SPDX-License-Identifier: MIT

//! The user space of ../bootstrap in Rust: what the host offers is declared
//! here and called, without any library in between.

use std::ffi::CStr;
use std::mem::size_of;
use std::os::raw::c_char;
use std::time::{SystemTime, UNIX_EPOCH};

/// The functions of docs/wasm-abi.md. Addresses and sizes have 32 bits.
mod host {
    #[link(wasm_import_module = "wasm_bpf")]
    extern "C" {
        pub fn wasm_load_bpf_object(object: *const u8, size: usize) -> u64;
        pub fn wasm_close_bpf_object(object: u64) -> i32;
        pub fn wasm_attach_bpf_program(
            object: u64,
            name: *const u8,
            target: *const u8,
        ) -> i32;
        pub fn wasm_bpf_map_fd_by_name(object: u64, name: *const u8) -> i32;
        pub fn wasm_bpf_buffer_poll(
            object: u64,
            fd: i32,
            callback: extern "C" fn(usize, *const u8, usize) -> i32,
            ctx: usize,
            data: *mut u8,
            size: usize,
            timeout_ms: i32,
        ) -> i32;
    }
}

/// As in ../../bootstrap/bootstrap.h. The host's addresses have 64 bits, the
/// guest's 32; in what both see there are none.
#[repr(C)]
struct Event {
    pid: i32,
    ppid: i32,
    exit_code: u32,
    duration_ns: u64,
    comm: [c_char; 16],
    filename: [c_char; 127],
    exit_event: bool,
}

/// Made by: ecc -o src ../../bootstrap/bootstrap.bpf.c ../../bootstrap/bootstrap.h
static OBJECT: &[u8] = include_bytes!("bootstrap.bpf.o");

fn text(bytes: &[c_char]) -> std::borrow::Cow<str> {
    unsafe { CStr::from_ptr(bytes.as_ptr()) }.to_string_lossy()
}

extern "C" fn on_event(_ctx: usize, data: *const u8, size: usize) -> i32 {
    if size < size_of::<Event>() {
        return 0;
    }
    // The buffer of poll() need not be aligned.
    let e = unsafe { (data as *const Event).read_unaligned() };
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| d.as_secs());
    print!(
        "{:02}:{:02}:{:02} {:<5} {:<16} {:<7} {:<7} ",
        now / 3600 % 24,
        now / 60 % 60,
        now % 60,
        if e.exit_event { "EXIT" } else { "EXEC" },
        text(&e.comm),
        e.pid,
        e.ppid
    );
    if !e.exit_event {
        println!("{}", text(&e.filename));
    } else if e.duration_ns != 0 {
        println!("[{}] ({}ms)", e.exit_code, e.duration_ns / 1_000_000);
    } else {
        println!("[{}]", e.exit_code);
    }
    0
}

fn run() -> Result<(), String> {
    let object =
        unsafe { host::wasm_load_bpf_object(OBJECT.as_ptr(), OBJECT.len()) };
    if object == 0 {
        return Err("cannot load the BPF object".into());
    }
    // Names end with a NUL; no target is the one that the section says.
    for name in ["handle_exec\0", "handle_exit\0"] {
        let r = unsafe {
            host::wasm_attach_bpf_program(
                object,
                name.as_ptr(),
                std::ptr::null(),
            )
        };
        if r < 0 {
            return Err(format!(
                "cannot attach {}: {}",
                name.trim_end_matches('\0'),
                r
            ));
        }
    }
    let fd = unsafe { host::wasm_bpf_map_fd_by_name(object, "rb\0".as_ptr()) };
    if fd < 0 {
        return Err(format!("no ring buffer: {fd}"));
    }
    println!(
        "TIME     EVENT COMM             PID     PPID    FILENAME/EXIT CODE"
    );
    let mut record = [0u8; size_of::<Event>()];
    let r = loop {
        let r = unsafe {
            host::wasm_bpf_buffer_poll(
                object,
                fd,
                on_event,
                0,
                record.as_mut_ptr(),
                record.len(),
                100,
            )
        };
        if r < 0 {
            break r;
        }
    };
    unsafe { host::wasm_close_bpf_object(object) };
    Err(format!("cannot poll the ring buffer: {r}"))
}

fn main() {
    if let Err(e) = run() {
        eprintln!("{e}");
        std::process::exit(1);
    }
}
