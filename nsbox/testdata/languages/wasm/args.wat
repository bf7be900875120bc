(module
  (import "wasi_snapshot_preview1" "args_sizes_get"
    (func $args_sizes_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get"
    (func $args_get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 2)
  ;; 0: count, 4: bytes, 8: buffer to write (address, length), 16: bytes written,
  ;; 24: line feed, 1024: pointers, 65536: the arguments, each ended by a NUL
  (data (i32.const 24) "\n")
  (func $write (param $at i32) (param $n i32)
    (i32.store (i32.const 8) (local.get $at))
    (i32.store (i32.const 12) (local.get $n))
    (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
  (func (export "_start") (local $i i32) (local $at i32) (local $n i32)
    (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
    (drop (call $args_get (i32.const 1024) (i32.const 65536)))
    (local.set $i (i32.const 1)) ;; the first is the program's name
    (block $end
      (loop $next
        (br_if $end (i32.ge_u (local.get $i) (i32.load (i32.const 0))))
        (local.set $at (i32.load (i32.add (i32.const 1024) (i32.mul (local.get $i) (i32.const 4)))))
        (local.set $n (i32.const 0))
        (block $counted
          (loop $count
            (br_if $counted (i32.eqz (i32.load8_u (i32.add (local.get $at) (local.get $n)))))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br $count)))
        (call $write (local.get $at) (local.get $n))
        (call $write (i32.const 24) (i32.const 1))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))))
