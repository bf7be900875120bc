package metrics

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/nsbox/nsbox/nsbox"
)

// Pool collects what the helper keeps ready, asking it each time.
type Pool struct {
	// Ask is nsbox.Client's Pool.
	Ask func(context.Context) ([]nsbox.PoolStats, error)
}

// poolTimeout is how long a scrape waits for the helper.
const poolTimeout = 2 * time.Second

var (
	poolLabels = []string{"image", "start", "stage"}
	poolReady  = prometheus.NewDesc("nsbox_pool_ready", "Sandboxes that wait for a program.", poolLabels, nil)
	poolMaking = prometheus.NewDesc("nsbox_pool_making", "Sandboxes that are being made ahead.", poolLabels, nil)
	poolTarget = prometheus.NewDesc("nsbox_pool_target", "Sandboxes that the demand asks to have ready.", poolLabels, nil)
	poolTaken  = prometheus.NewDesc("nsbox_pool_taken_total", "Programs that found a sandbox ready, since the helper's start.", poolLabels, nil)
	poolMissed = prometheus.NewDesc("nsbox_pool_missed_total", "Programs that found none of the kind ready, since the helper's start.", poolLabels, nil)
)

// Describe is prometheus.Collector's.
func (Pool) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{poolReady, poolMaking, poolTarget, poolTaken, poolMissed} {
		ch <- d
	}
}

// Collect is prometheus.Collector's. A helper that does not answer has no pool: the
// other metrics are told nevertheless.
func (p Pool) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), poolTimeout)
	defer cancel()
	list, err := p.Ask(ctx)
	if err != nil {
		return
	}
	for _, s := range list {
		tell := func(d *prometheus.Desc, t prometheus.ValueType, v float64) {
			ch <- prometheus.MustNewConstMetric(d, t, v, s.Image, s.Start, s.Stage)
		}
		tell(poolReady, prometheus.GaugeValue, float64(s.Ready))
		tell(poolMaking, prometheus.GaugeValue, float64(s.Making))
		tell(poolTarget, prometheus.GaugeValue, float64(s.Target))
		tell(poolTaken, prometheus.CounterValue, float64(s.Taken))
		tell(poolMissed, prometheus.CounterValue, float64(s.Missed))
	}
}
