(module
  (memory (export "memory") 1)
  (func (export "_start") (local $page i32)
    (loop $more
      (local.set $page (memory.grow (i32.const 16)))
      (if (i32.ne (local.get $page) (i32.const -1))
        (then ;; written, so that the pages are really there
          (memory.fill
            (i32.mul (local.get $page) (i32.const 65536))
            (i32.const 1)
            (i32.const 1048576))))
      (br $more))))
