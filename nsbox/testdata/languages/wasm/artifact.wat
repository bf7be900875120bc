(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 64) "out.txt")
  (data (i32.const 80) "artifact\n")
  (func (export "_start")
    ;; Descriptor 3 is the first directory that the program is given, /workspace.
    (if (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 7)
          (i32.const 9) ;; create, truncate
          (i64.const 64) (i64.const 0) ;; the right to write
          (i32.const 0) (i32.const 0))
      (then (call $proc_exit (i32.const 1))))
    (i32.store (i32.const 4) (i32.const 80))
    (i32.store (i32.const 8) (i32.const 9))
    (if (call $fd_write (i32.load (i32.const 0)) (i32.const 4) (i32.const 1) (i32.const 12))
      (then (call $proc_exit (i32.const 1))))))
