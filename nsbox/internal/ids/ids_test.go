package ids

import (
	"testing"
)

func TestLeasesAreDisjoint(t *testing.T) {
	dir := t.TempDir()
	seen := map[uint32]bool{}
	take := func(id uint32) {
		t.Helper()
		if seen[id] || id < DefaultBase || id >= DefaultBase+DefaultCount {
			t.Fatalf("id %d is outside the block or given out twice", id)
		}
		seen[id] = true
	}
	for want := range 2 {
		l, err := Acquire(dir, DefaultBase, DefaultCount, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		if l.Number != want {
			t.Fatalf("lease %d, want %d", l.Number, want)
		}
		for range zygotes {
			id, err := l.TakeZygote()
			if err != nil {
				t.Fatal(err)
			}
			take(id)
		}
		if _, err := l.TakeZygote(); err == nil {
			t.Fatal("more zygote ids than the lease has")
		}
		pairs := 0
		for {
			p, err := l.Take()
			if err != nil {
				break
			}
			pairs++
			take(l.HostID(p.Init))
			take(l.HostID(p.Program))
		}
		if pairs != (leaseSize-zygotes)/2 {
			t.Fatalf("%d pairs", pairs)
		}
	}
}

func TestPairsRest(t *testing.T) {
	l, err := Acquire(t.TempDir(), DefaultBase, leaseSize, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, _ := l.Take()
	l.Give(p)
	if q, _ := l.Take(); q == p {
		t.Fatal("a pair was given out again at once")
	}
}

func TestLeaseReturnsWithItsHolder(t *testing.T) {
	dir := t.TempDir()
	l, err := Acquire(dir, DefaultBase, leaseSize, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Acquire(dir, DefaultBase, leaseSize, 0); err == nil {
		t.Fatal("one lease was given out twice")
	}
	l.Close()
	l, err = Acquire(dir, DefaultBase, leaseSize, 0)
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
}

func TestBadBlocks(t *testing.T) {
	for _, b := range [][2]uint32{{0, 65536}, {1 << 31, 65536}, {1<<31 - 10, 65536}, {1000, 10}} {
		if l, err := Acquire(t.TempDir(), b[0], b[1], 0); err == nil {
			l.Close()
			t.Errorf("block %d+%d was taken", b[0], b[1])
		}
	}
}
