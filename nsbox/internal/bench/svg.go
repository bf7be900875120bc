package main

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The picture has two panels beside each other: how the latencies of Python's
// hello are distributed, and what is sustained against the number of clients.
const (
	panelWidth, panelHeight = 520.0, 360.0
	marginLeft, marginTop   = 70.0, 50.0
	marginRight, marginDown = 20.0, 110.0
)

// colours tell contenders apart also for those who see few colours, together
// with the dashes.
var colours = []string{"#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#555555"}

var dashes = []string{"", "8 3", "2 3", "10 3 2 3", "5 5", "1 4", "12 4"}

// series is one line of a panel.
type series struct {
	name   string
	points []point
}

type point struct{ x, y float64 }

// axis maps values to places: by their logarithm, where log is set.
type axis struct {
	label    string
	min, max float64
	log      bool
	ticks    []float64
}

func (a axis) at(v float64) float64 {
	if a.log {
		return (math.Log(v) - math.Log(a.min)) / (math.Log(a.max) - math.Log(a.min))
	}
	return (v - a.min) / (a.max - a.min)
}

// picture draws a report as SVG.
func picture(r *Report) []byte {
	var b bytes.Buffer
	width, height := 2*(marginLeft+panelWidth+marginRight), marginTop+panelHeight+marginDown
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" font-family="sans-serif" font-size="13">`+"\n", width, height)
	fmt.Fprintf(&b, `<rect width="%.0f" height="%.0f" fill="white"/>`+"\n", width, height)
	var latency []series
	low, high := math.Inf(1), 0.0
	for _, row := range r.Results {
		if row.Workload != jobPython || len(row.Times) == 0 {
			continue
		}
		s := series{name: row.Contender}
		for i, t := range row.Times {
			t = max(t, 0.01)
			s.points = append(s.points, point{t, 100 * float64(i+1) / float64(len(row.Times))})
			low, high = min(low, t), max(high, t)
		}
		latency = append(latency, s)
	}
	if len(latency) > 0 {
		x := axis{label: "milliseconds", log: true}
		x.ticks = decades(low, high)
		x.min, x.max = x.ticks[0], x.ticks[len(x.ticks)-1]
		y := axis{label: "per cent of the runs are done", max: 100, ticks: []float64{0, 25, 50, 75, 100}}
		panel(&b, marginLeft, "Python hello: latency", x, y, latency)
	}
	if len(r.Loads) > 0 {
		var load []series
		most := 0.0
		for _, l := range r.Loads {
			i := slices.IndexFunc(load, func(s series) bool { return s.name == l.Contender })
			if i < 0 {
				load, i = append(load, series{name: l.Contender}), len(load)
			}
			load[i].points = append(load[i].points, point{float64(l.Clients), l.Rate})
			most = max(most, l.Rate)
		}
		x := axis{label: "clients", log: true, min: 1, max: float64(clients[len(clients)-1])}
		for _, c := range clients {
			x.ticks = append(x.ticks, float64(c))
		}
		y := axis{label: "runs a second", ticks: steps(most)}
		y.max = y.ticks[len(y.ticks)-1]
		panel(&b, 2*marginLeft+panelWidth+marginRight, "Python hello: throughput", x, y, load)
	}
	fmt.Fprintf(&b, `<text x="%.0f" y="%.0f" fill="#555555" font-size="11">%s</text>`+"\n", marginLeft, height-8,
		escape(fmt.Sprintf("%d x %s, Linux %s; all contenders in one run, alternating", r.Machine.CPUs, r.Machine.CPU, r.Machine.Kernel)))
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// decades are ticks of a logarithmic axis that cover low to high: 1, 2, 5, 10...
func decades(low, high float64) []float64 {
	var ticks []float64
	for e := math.Floor(math.Log10(low)); ; e++ {
		for _, f := range []float64{1, 2, 5} {
			t := f * math.Pow(10, e)
			if t <= low {
				ticks = ticks[:0] // a nearer one to begin with
			}
			ticks = append(ticks, t)
			if t >= high && len(ticks) > 1 {
				return ticks
			}
		}
	}
}

// steps are some five ticks from 0 to most or beyond.
func steps(most float64) []float64 {
	size := math.Pow(10, math.Floor(math.Log10(max(most, 1))))
	for _, f := range []float64{0.2, 0.5, 1, 2} {
		if most/(f*size) <= 6 {
			size *= f
			break
		}
	}
	ticks := []float64{0}
	for ticks[len(ticks)-1] < most {
		ticks = append(ticks, size*float64(len(ticks)))
	}
	if len(ticks) == 1 {
		ticks = append(ticks, size)
	}
	return ticks
}

// panel draws one panel whose plot begins at left.
func panel(b *bytes.Buffer, left float64, title string, x, y axis, lines []series) {
	px := func(v float64) float64 { return left + panelWidth*x.at(v) }
	py := func(v float64) float64 { return marginTop + panelHeight*(1-y.at(v)) }
	bottom := marginTop + panelHeight
	text := func(tx, ty float64, anchor, s string) {
		fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s">%s</text>`+"\n", tx, ty, anchor, escape(s))
	}
	line := func(x1, y1, x2, y2 float64, colour string) {
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s"/>`+"\n", x1, y1, x2, y2, colour)
	}
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" font-size="16" font-weight="bold">%s</text>`+"\n", left, marginTop-20, escape(title))
	for _, t := range x.ticks {
		line(px(t), marginTop, px(t), bottom, "#e5e5e5")
		text(px(t), bottom+18, "middle", fmt.Sprintf("%g", t))
	}
	for _, t := range y.ticks {
		line(left, py(t), left+panelWidth, py(t), "#e5e5e5")
		text(left-6, py(t)+4, "end", fmt.Sprintf("%g", t))
	}
	line(left, bottom, left+panelWidth, bottom, "#333333")
	line(left, marginTop, left, bottom, "#333333")
	text(left+panelWidth, bottom+36, "end", x.label)
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="end" transform="rotate(-90 %.1f %.1f)">%s</text>`+"\n",
		left-48, marginTop, left-48, marginTop, escape(y.label))
	for i, s := range lines {
		colour, dash := colours[i%len(colours)], dashes[i%len(dashes)]
		var path strings.Builder
		for k, p := range s.points {
			fmt.Fprintf(&path, "%c%.1f %.1f", "ML"[min(k, 1)], px(p.x), py(p.y))
		}
		fmt.Fprintf(b, `<path d="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", path.String(), colour, dash)
		// The legend, three in a row.
		lx, ly := left+float64(i%3)*panelWidth/3, bottom+56+20*float64(i/3)
		fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", lx, ly-4, lx+28, ly-4, colour, dash)
		text(lx+34, ly, "start", s.name)
	}
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder takes everything
	return b.String()
}
