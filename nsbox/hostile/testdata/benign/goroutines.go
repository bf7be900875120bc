// nsbox:why: A thousand goroutines, channels, mutexes, timers and a parallel garbage collector.
// nsbox:stdout: 499500 1000 timeout
package main

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

func main() {
	var wg sync.WaitGroup
	var mu sync.Mutex
	seen := map[int]bool{}
	ch := make(chan int, 10)
	for i := range 1000 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			seen[i] = true
			mu.Unlock()
			ch <- i
		}()
	}
	go func() { wg.Wait(); close(ch) }()
	sum := 0
	for n := range ch {
		sum += n
	}
	runtime.GC()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(sum, len(seen), "timeout")
}
