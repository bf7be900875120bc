package main

import (
	"fmt"
	"strconv"
	"sync"
)

type job struct {
	id    int
	limit int
}

type result struct {
	id     int
	primes []int
}

func isPrime(n int) bool {
	if n < 2 {
		return false
	}
	for d := 2; d*d <= n; d++ {
		if n%d == 0 {
			return false
		}
	}
	return true
}

func worker(jobs <-chan job, results chan<- result, wg *sync.WaitGroup) {
	defer wg.Done()
	for j := range jobs {
		r := result{id: j.id}
		for n := 0; n < j.limit; n++ {
			if isPrime(n) {
				r.primes = append(r.primes, n)
			}
		}
		results <- r
	}
}

func main() {
	jobs := make(chan job)
	results := make(chan result, 8)
	var wg sync.WaitGroup
	for i := 0; i < 3; i++ {
		wg.Add(1)
		go worker(jobs, results, &wg)
	}
	for id, limit := range []int{10, 20, 30, 40} {
		jobs <- job{id: id, limit: limit}
	}
	close(jobs)
	wg.Wait()
	close(results)
	ordered := make([][]int, 4)
	for r := range results {
		ordered[r.id] = r.primes
	}
	for id, primes := range ordered {
		last := primes[len(primes)-1]
		fmt.Println("job " + strconv.Itoa(id) + " found " + strconv.Itoa(len(primes)) + ", last " + strconv.Itoa(last))
	}
}
