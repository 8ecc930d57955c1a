//go:build ignore

package main

import "math"

type scene struct {
	name string
	draw func(s *sheet, t float64)
}

var scenes = map[string]scene{
	"hoofdingang":     {"Hoofdingang", drawHall},
	"fietsenstalling": {"Fietsenstalling", drawShed},
	"kantine":         {"Kantine", drawCanteen},
	"parkeerplaats":   {"Parkeerplaats", drawParking},
}

// A walk is someone who crosses the picture between two moments.
type walk struct {
	look     int
	from, to float64 // seconds
	x1, y1   float64
	x2, y2   float64
	h1, h2   float64
	side     float64
}

func (s *sheet) walk(w walk, t float64) {
	if t < w.from || t > w.to {
		return
	}
	at := func(a, b float64) float64 { return between(t, w.from, w.to, a, b) }
	s.walker(looks[w.look], at(w.x1, w.x2), at(w.y1, w.y2), at(w.h1, w.h2), (t-w.from)*6.5, w.side)
}

// clock draws a clock whose second hand goes round.
func (s *sheet) clock(x, y, r, t float64) {
	s.circle(x, y, r, "#f7f4ec")
	s.ring(x, y, r, r*0.12, "#39424a")
	hand := func(turn, long, thick float64, color string) {
		a := 2*math.Pi*turn - math.Pi/2
		s.line(color, thick, x, y, x+r*long*math.Cos(a), y+r*long*math.Sin(a))
	}
	hand(10.2/12, 0.5, r*0.12, "#39424a")
	hand(0.18, 0.75, r*0.09, "#39424a")
	hand(t/seconds, 0.82, r*0.05, "#c8452f")
}

func drawHall(s *sheet, t float64) {
	s.rect(0, 0, width, 330, 0, "#e9e2d4")
	s.rect(0, 0, width, 46, 0, "#d8cfbd")
	for i := range 5 {
		s.rect(90+200*float64(i), 12, 100, 12, 6, "#fffbe9")
	}
	s.shape("#c9bca4", 0, 330, width, 330, width, height, 0, height)
	for i := -8; i <= 8; i++ {
		s.line("#b8aa90", 1.5, 480+52*float64(i), 330, 480+190*float64(i), height)
	}
	for _, y := range []float64{352, 384, 430, 492} {
		s.line("#b8aa90", 1.5, 0, y, width, y)
	}
	drawDoors(s, t)
	s.shape("#8b4a3a", 0, 300, 215, 300, 235, 322, 235, 420, 0, 420)
	s.shape("#a9604c", 0, 290, 225, 290, 245, 312, 0, 312)
	s.sitter(looks[5], 120, 296, 150, 0.5+0.5*math.Sin(2*math.Pi*t/3), 1)
	s.rect(150, 262, 44, 30, 3, "#39424a")
	s.clock(718, 122, 32, t)
	s.rect(770, 90, 130, 84, 4, "#3f6c8f")
	s.text(835, 124, 17, "middle", "#ffffff", "WELKOM")
	s.line("#ffffff", 3, 792, 142, 878, 142)
	s.line("#ffffff", 3, 792, 156, 850, 156)
	s.rect(856, 352, 62, 60, 8, "#b5553c")
	for i, dx := range []float64{-34, -16, 0, 18, 36} {
		sway := 4 * math.Sin(2*math.Pi*t/4+float64(i))
		s.line("#4f7f55", 9, 887, 356, 887+dx/2, 316, 887+dx+sway, 276-10*math.Cos(dx/20))
	}
	for _, w := range []walk{
		{3, 0.2, 5.8, 470, 336, 330, 640, 150, 380, 0},
		{0, 2.5, 9.2, -70, 452, 1040, 452, 235, 235, 1},
		{1, 5.2, 11.6, 500, 336, 700, 700, 150, 420, 0},
		{2, 6.6, 11.8, 1030, 400, -70, 408, 205, 205, -1},
	} {
		s.walk(w, t)
	}
}

// drawDoors draws sliding doors that open twice.
func drawDoors(s *sheet, t float64) {
	open := 58 * (ease(t, 0, 0.6) - ease(t, 2.2, 3) + ease(t, 4.9, 5.5) - ease(t, 7.2, 8))
	s.rect(340, 70, 280, 262, 0, "#5d6b75")
	s.rect(352, 82, 256, 250, 0, "#bfe0ea")
	s.rect(352, 262, 256, 70, 0, "#9dbf8f")
	s.tree(405, 290, 140, t, "#7fa874", "#93b987")
	s.shape("#d6d2c6", 450, 332, 510, 332, 492, 262, 470, 262)
	for _, side := range []float64{-1, 1} {
		x := 480 + side*open
		if side < 0 {
			x -= 126
		}
		s.add(`<rect x="%.1f" y="86" width="126" height="244" fill="#d9eef4" fill-opacity="0.45" stroke="#5d6b75" stroke-width="6"/>`, x)
		s.line("#5d6b75", 5, x+63-52*side, 190, x+63-52*side, 230)
	}
	s.rect(340, 70, 280, 14, 0, "#4a5660")
	s.text(480, 58, 20, "middle", "#6a5f4c", "HOOFDINGANG")
}

func drawShed(s *sheet, t float64) {
	s.rect(0, 0, width, 300, 0, "#cfe3ec")
	for i, x := range []float64{80, 430, 760} {
		drift := 25 * math.Sin(2*math.Pi*t/seconds+float64(i))
		s.ellipse(x+drift, 70+18*float64(i%2), 74, 20, "#e6f1f5")
		s.ellipse(x+38+drift, 60+18*float64(i%2), 48, 19, "#e6f1f5")
	}
	s.rect(0, 190, width, 120, 0, "#8fb184")
	for i, x := range []float64{50, 905, 620} {
		s.tree(x, 262, 190-20*float64(i), t, "#5d8a5c", "#76a071")
	}
	s.rect(110, 96, 620, 176, 0, "#d3cabb")
	for i := range 10 {
		s.line("#c2b8a6", 2, 110+62*float64(i), 130, 110+62*float64(i), 272)
	}
	s.shape("#4a5660", 84, 96, 756, 96, 726, 58, 114, 58)
	s.text(420, 87, 20, "middle", "#ffffff", "FIETSENSTALLING")
	s.rect(0, 272, width, height-272, 0, "#b9b3a8")
	s.rect(0, 352, width, 100, 0, "#a6584a")
	for i := range 12 {
		s.rect(30+84*float64(i), 399, 40, 5, 2, "#f0e6da")
	}
	colors := []string{"#3f6c8f", "#39424a", "#b5553c", "#5b8c5a", "#6d5a8c", "#c9952f", "#39424a"}
	for i, color := range colors {
		s.bicycle(color, 168+84*float64(i), 300, 128, 0.4*float64(i), 1)
	}
	for _, x := range []float64{118, 420, 722} {
		s.rect(x-6, 96, 12, 190, 2, "#5d6b75")
	}
	ride := func(l look, color string, from, to, x1, x2, y, h float64) {
		if t < from || t > to {
			return
		}
		x := between(t, from, to, x1, x2)
		s.cyclist(l, color, x, y, h, math.Abs(x-x1)/(0.20*h), math.Copysign(1, x2-x1))
	}
	s.walk(walk{4, 1.0, 10.8, 1020, 344, -60, 344, 150, 150, -1}, t)
	ride(looks[0], "#c9952f", 0.3, 4.9, -110, 1080, 388, 190)
	ride(looks[2], "#3f6c8f", 4.2, 9.4, 1080, -110, 440, 215)
	ride(looks[1], "#5b8c5a", 7.4, 11.8, -110, 1080, 392, 190)
	s.walk(walk{3, 0.1, 11.7, -70, 528, 1040, 528, 225, 225, 1}, t)
}

func drawCanteen(s *sheet, t float64) {
	s.rect(0, 0, width, 300, 0, "#dfe6dc")
	s.rect(0, 250, width, 60, 0, "#c3d0c2")
	s.rect(0, 300, width, height-300, 0, "#cdb892")
	for i := range 7 {
		s.line("#c0aa82", 2, 0, 318+float64(i*i)*6.2, width, 318+float64(i*i)*6.2)
	}
	for i := range 3 {
		x := 40 + 130*float64(i)
		s.rect(x, 86, 112, 118, 4, "#ffffff")
		s.rect(x+7, 93, 98, 104, 2, "#bcdbe8")
		s.tree(x+56, 196, 92, t+float64(i), "#7fa874", "#98bd8c")
	}
	drawCounter(s, t)
	s.clock(470, 120, 28, t)
	for i := range 4 {
		x := 120 + 240*float64(i)
		s.line("#5d6b75", 3, x, 0, x, 34)
		s.add(`<path d="M %.1f 60 q 6 -28 28 -28 q 22 0 28 28 z" fill="#c8722f"/>`, x-28)
		s.ellipse(x, 60, 28, 5, "#fff1c9")
	}
	s.walk(walk{0, 0.3, 8.3, -70, 372, 1040, 372, 190, 190, 1}, t)
	s.walk(walk{5, 3.4, 11.7, 1040, 380, -70, 388, 195, 195, -1}, t)
	table := func(x, y, h float64, left, right int, phase float64) {
		chew := func(p float64) float64 { return 0.5 + 0.5*math.Sin(2*math.Pi*t/3+p) }
		s.sitter(looks[left], x-0.55*h, y, h, chew(phase), 1)
		s.sitter(looks[right], x+0.55*h, y, h, chew(phase+2), -1)
		s.rect(x-5, y, 10, 0.40*h, 0, "#5d6b75")
		s.rect(x-0.74*h, y-6, 1.48*h, 14, 7, "#f5efe2")
		s.rect(x-0.24*h, y-14, 0.14*h, 9, 2, "#c8452f")
		s.rect(x+0.12*h, y-20, 0.07*h, 15, 2, "#3f6c8f")
	}
	table(250, 424, 165, 1, 2, 0)
	table(660, 430, 170, 4, 3, 1.5)
	s.walk(walk{6, 6.0, 11.9, -80, 545, 1050, 545, 250, 250, 1}, t)
	s.walk(walk{7, 0.1, 5.4, 1050, 548, -80, 548, 250, 250, -1}, t)
	table(500, 516, 200, 8, 5, 3)
}

// drawCounter draws the counter, someone behind it and steam.
func drawCounter(s *sheet, t float64) {
	s.rect(560, 78, 360, 92, 4, "#39424a")
	s.text(740, 112, 22, "middle", "#ffd54a", "KANTINE")
	for i, w := range []float64{120, 90, 140} {
		s.line("#e9e2d4", 3, 600, 128+14*float64(i), 600+w, 128+14*float64(i))
		s.line("#e9e2d4", 3, 860, 128+14*float64(i), 890, 128+14*float64(i))
	}
	x := 740 + 80*math.Sin(2*math.Pi*t/seconds)
	s.sitter(look{"#c68a63", "#ffffff", "#f4f4f0", "#39424a", ""}, x, 262, 150, 0.5+0.5*math.Sin(2*math.Pi*t/2), 1)
	s.rect(540, 250, 400, 66, 4, "#5b8c5a")
	s.rect(530, 242, 420, 14, 4, "#f5efe2")
	s.rect(590, 214, 60, 28, 4, "#aeb6bc")
	s.rect(840, 208, 50, 34, 4, "#aeb6bc")
	for i := range 3 {
		u := math.Mod(t/3+float64(i)/3, 1)
		s.add(`<circle cx="%.1f" cy="%.1f" r="%.1f" fill="#ffffff" fill-opacity="%.2f"/>`, 620+6*math.Sin(6*u+float64(i)), 208-46*u, 6+8*u, 0.55*(1-u))
	}
}

func drawParking(s *sheet, t float64) {
	s.rect(0, 0, width, 150, 0, "#d4e2ea")
	s.rect(0, 92, width, 80, 0, "#86a97c")
	for i := range 7 {
		s.tree(40+150*float64(i), 140, 110+14*float64(i%3), t+float64(i), "#5f8a5d", "#79a273")
	}
	s.rect(0, 150, width, 22, 0, "#6f9468")
	for i := range 33 {
		s.line("#7b868d", 2, 30*float64(i), 128, 30*float64(i), 172)
	}
	s.line("#7b868d", 3, 0, 132, width, 132)
	s.rect(0, 170, width, height-170, 0, "#7d8287")
	s.rect(0, 170, width, 10, 0, "#c9c4ba")
	for i := range 6 {
		x := 60 + 170*float64(i)
		s.shape("#e8e6df", x, 180, x+5, 180, x-25, 268, x-31, 268)
	}
	for i, color := range []string{"#3f6c8f", "", "#d8d2c4", "", "#b5553c"} {
		if color != "" {
			s.car(color, 125+170*float64(i), 256, 140, 0, 1)
		}
	}
	for i := range 9 {
		s.rect(20+112*float64(i), 366, 60, 6, 2, "#e8e6df")
	}
	shade := 1300*t/seconds - 170
	s.ellipse(shade, 350, 150, 26, "#00000012")
	drawArrival(s, t)
	s.walk(walk{1, 5.4, 11.8, 628, 292, -60, 330, 130, 150, -1}, t)
	drive := func(color string, from, to, x1, x2, y, w float64) {
		if t >= from && t <= to {
			x := between(t, from, to, x1, x2)
			s.car(color, x, y, w, (x-x1)/(0.09*w), math.Copysign(1, x2-x1))
		}
	}
	drive("#5b8c5a", 6.2, 11.2, 1120, -160, 360, 175)
	if t > 1 && t < 7.6 {
		x := between(t, 1, 7.6, 1080, -110)
		s.cyclist(looks[2], "#2f6f62", x, 436, 190, (1080-x)/38, -1)
	}
	s.walk(walk{4, 0.2, 11.7, -70, 522, 1040, 522, 220, 220, 1}, t)
	drive("#6d5a8c", 8.4, 11.9, -180, 1140, 450, 215)
	s.rect(846, 60, 8, 220, 3, "#4a5660")
	s.rect(812, 54, 76, 9, 4, "#4a5660")
	s.ellipse(822, 65, 16, 5, "#fff1c9")
	s.ellipse(878, 65, 16, 5, "#fff1c9")
	s.rect(60, 96, 54, 54, 6, "#2f5f9e")
	s.text(87, 137, 40, "middle", "#ffffff", "P")
	s.rect(84, 150, 6, 40, 0, "#5d6b75")
}

// drawArrival draws a car that parks, stays and leaves again.
func drawArrival(s *sheet, t float64) {
	in, out := ease(t, 0.2, 4), ease(t, 8.4, 11.8)
	x := -170 + (635+170)*in + 500*out
	y := 330 - 74*ease(t, 2.4, 4) + 74*ease(t, 8.4, 9.6)
	if t > 0.2 && t < 11.8 {
		s.car("#c9952f", x, y, 145+12*(1-in)+12*out, x/14, 1)
	}
}
