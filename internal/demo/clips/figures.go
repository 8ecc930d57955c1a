//go:build ignore

package main

import "math"

// A look is how someone is dressed.
type look struct{ skin, hair, top, trousers, bag string }

var looks = []look{
	{"#c68a63", "#2b2320", "#3f6c8f", "#2d3440", "#b5553c"},
	{"#e7b796", "#8a5a32", "#b5553c", "#394b59", ""},
	{"#8d5a3b", "#1c1715", "#e0a93b", "#4b3f3a", "#2f6f62"},
	{"#efc7a8", "#c9a14a", "#5b8c5a", "#2c2f3a", "#6d5a8c"},
	{"#a9714b", "#241c18", "#7a5c86", "#3b4a63", ""},
	{"#e3b08c", "#5a3b28", "#d8d2c4", "#56606b", "#3f6c8f"},
	{"#7d4e33", "#191514", "#c8722f", "#39424a", "#d8d2c4"},
	{"#efc7a8", "#7b3f24", "#2f6f62", "#4a4a55", "#c9952f"},
	{"#d9a27a", "#a5a09a", "#8c3b4a", "#39424a", ""},
}

// walker draws someone who walks to the right (side 1), to the left (-1) or
// towards us (0), h tall, with the feet at x, y.
func (s *sheet) walker(l look, x, y, h, stride float64, side float64) {
	s.ellipse(x, y, 0.22*h, 0.045*h, "#00000026")
	swing := math.Sin(stride)
	y -= 0.012 * h * math.Abs(math.Cos(stride))
	hip, shoulder := y-0.46*h, y-0.80*h
	if side == 0 {
		s.front(l, x, y, h, swing)
		return
	}
	s.limb(l.skin, 0.055*h, x, shoulder+0.04*h, 0.36*h, -0.5*swing*side, 0.3*side)
	s.limb(l.trousers, 0.10*h, x, hip, 0.46*h, -0.48*swing*side, -0.25*side*math.Max(0, swing))
	s.limb(l.trousers, 0.10*h, x, hip, 0.46*h, 0.48*swing*side, -0.25*side*math.Max(0, -swing))
	if l.bag != "" {
		s.rect(x-0.10*h-0.11*h*side, shoulder+0.03*h, 0.20*h, 0.26*h, 0.05*h, l.bag)
	}
	s.rect(x-0.105*h, shoulder-0.01*h, 0.21*h, 0.40*h, 0.09*h, l.top)
	s.limb(l.top, 0.075*h, x, shoulder+0.05*h, 0.20*h, 0.5*swing*side, 0)
	s.head(l, x+0.015*h*side, y-0.90*h, h, side)
}

// front draws someone who comes towards us.
func (s *sheet) front(l look, x, y, h, swing float64) {
	hip, shoulder := y-0.46*h, y-0.80*h
	for _, leg := range []float64{-1, 1} {
		lift := 0.05 * h * math.Max(0, swing*leg)
		s.line(l.trousers, 0.105*h, x+0.065*h*leg, hip, x+0.07*h*leg, y-0.05*h-lift)
		arm := 0.05 * h * swing * leg
		s.line(l.top, 0.075*h, x+0.14*h*leg, shoulder+0.05*h, x+0.175*h*leg, shoulder+0.24*h-arm)
		s.circle(x+0.18*h*leg, shoulder+0.30*h-arm, 0.035*h, l.skin)
	}
	s.rect(x-0.15*h, shoulder-0.01*h, 0.30*h, 0.40*h, 0.09*h, l.top)
	if l.bag != "" {
		s.line(l.bag, 0.035*h, x-0.08*h, shoulder, x-0.09*h, shoulder+0.25*h)
		s.line(l.bag, 0.035*h, x+0.08*h, shoulder, x+0.09*h, shoulder+0.25*h)
	}
	s.head(l, x, y-0.90*h, h, 0)
}

func (s *sheet) head(l look, x, y, h, side float64) {
	s.circle(x, y-0.012*h, 0.092*h, l.hair)
	s.circle(x+0.022*h*side, y+0.014*h, 0.078*h, l.skin)
	s.add(`<path d="M %.1f %.1f a %.1f %.1f 0 0 1 %.1f 0 z" fill="%s"/>`, x-0.092*h, y-0.012*h, 0.092*h, 0.092*h, 0.184*h, l.hair)
}

// limb draws an arm or a leg from x, y: turned by angle, its lower half by
// bend more.
func (s *sheet) limb(color string, thick, x, y, long, angle, bend float64) {
	kx, ky := x+long/2*math.Sin(angle), y+long/2*math.Cos(angle)
	s.line(color, thick, x, y, kx, ky, kx+long/2*math.Sin(angle+bend), ky+long/2*math.Cos(angle+bend))
}

// sitter draws someone at a table that hides the legs; lean says how far the
// arm is raised, from 0 to 1.
func (s *sheet) sitter(l look, x, y, h, lean, side float64) {
	s.rect(x-0.13*h, y-0.42*h, 0.26*h, 0.44*h, 0.10*h, l.top)
	s.line(l.top, 0.075*h, x+0.06*h*side, y-0.32*h, x+0.16*h*side, y-0.16*h)
	s.line(l.skin, 0.055*h, x+0.16*h*side, y-0.16*h, x+(0.24-0.08*lean)*h*side, y-(0.18+0.16*lean)*h)
	s.head(l, x+0.02*h*side, y-0.52*h+0.01*h*lean, h, side*0.6)
}

// bicycle draws one that stands or rides, its wheels turned by turn.
func (s *sheet) bicycle(color string, x, y, h, turn, side float64) {
	r := 0.20 * h
	for _, wx := range []float64{x - 0.28*h, x + 0.28*h} {
		s.ring(wx, y-r, r, 0.028*h, "#23282d")
		for k := range 3 {
			a := turn + float64(k)*math.Pi/3
			dx, dy := r*math.Cos(a), r*math.Sin(a)
			s.line("#8d949b", 0.008*h, wx-dx, y-r-dy, wx+dx, y-r+dy)
		}
	}
	back, front := x-0.28*h*side, x+0.28*h*side
	seat, bar := x-0.12*h*side, x+0.20*h*side
	s.line(color, 0.03*h, back, y-r, x-0.02*h*side, y-0.19*h, bar, y-0.46*h, seat, y-0.44*h, back, y-r)
	s.line(color, 0.03*h, x-0.02*h*side, y-0.19*h, seat, y-0.46*h)
	s.line(color, 0.03*h, front, y-r, bar, y-0.54*h, bar+0.07*h*side, y-0.55*h)
	s.line("#23282d", 0.045*h, seat-0.05*h, y-0.50*h, seat+0.05*h, y-0.50*h)
}

// cyclist draws someone on a bicycle; turn is how far the wheels went.
func (s *sheet) cyclist(l look, color string, x, y, h, turn, side float64) {
	s.ellipse(x, y, 0.5*h, 0.04*h, "#00000026")
	pedal := turn * 0.55
	hipX, hipY := x-0.12*h*side, y-0.53*h
	leg := func(a float64) {
		px, py := x-0.02*h*side+0.09*h*math.Cos(a)*side, y-0.19*h+0.09*h*math.Sin(a)
		kx, ky := knee(hipX, hipY, px, py, 0.225*h, side)
		s.line(l.trousers, 0.075*h, hipX, hipY, kx, ky, px, py)
	}
	leg(pedal + math.Pi)
	s.bicycle(color, x, y, h, turn*side, side)
	leg(pedal)
	shoulderX, shoulderY := x+0.05*h*side, y-0.83*h
	if l.bag != "" {
		s.line(l.bag, 0.15*h, hipX-0.04*h*side, hipY-0.10*h, shoulderX-0.10*h*side, shoulderY+0.06*h)
	}
	s.line(l.top, 0.18*h, hipX, hipY-0.03*h, shoulderX, shoulderY+0.06*h)
	s.line(l.top, 0.065*h, shoulderX, shoulderY+0.06*h, x+0.13*h*side, y-0.62*h, x+0.25*h*side, y-0.56*h)
	s.head(l, shoulderX+0.05*h*side, shoulderY-0.08*h, h, side)
}

// knee is where a leg bends whose halves are both long long.
func knee(ax, ay, bx, by, long, side float64) (x, y float64) {
	dx, dy := bx-ax, by-ay
	d := math.Hypot(dx, dy)
	out := math.Sqrt(math.Max(long*long-d*d/4, 0)) * side
	return (ax+bx)/2 + dy/d*out, (ay+by)/2 - dx/d*out
}

// car draws one from the side, w long.
func (s *sheet) car(color string, x, y, w, turn, side float64) {
	s.ellipse(x, y, 0.54*w, 0.035*w, "#00000030")
	s.add(`<g transform="translate(%.1f %.1f) scale(%.3f %.3f)">`, x, y, w/100*side, w/100)
	s.add(`<path d="M -49 -9 Q -50 -21 -42 -22 L -30 -24 Q -22 -38 -10 -38 L 10 -38 Q 18 -37 28 -24 L 43 -21 Q 50 -19 49 -9 Z" fill="%s"/>`, color)
	s.add(`<path d="M -25 -24 Q -19 -34 -10 -34.5 L -3 -34.5 L -3 -24 Z M 0 -34.5 L 9 -34.5 Q 15 -34 23 -24 L 0 -24 Z" fill="#bcd3dd"/>`)
	s.add(`<path d="M 44 -17 l 5 1 l 0 3 l -5 -1 z" fill="#fff3c4"/><path d="M -44 -18 l -5 1 l 0 3 l 5 -1 z" fill="#d9534a"/>`)
	for _, wx := range []float64{-29, 29} {
		s.circle(wx, -8, 9, "#23282d")
		s.circle(wx, -8, 4.5, "#b9c0c6")
		a := turn
		s.line("#23282d", 1.4, wx-4*math.Cos(a), -8-4*math.Sin(a), wx+4*math.Cos(a), -8+4*math.Sin(a))
	}
	s.add("</g>")
}

// tree draws one whose crown sways.
func (s *sheet) tree(x, y, h, t float64, color, light string) {
	sway := 0.015 * h * math.Sin(2*math.Pi*t/4+x)
	s.line("#6b5344", 0.06*h, x, y, x+sway/2, y-0.45*h)
	s.circle(x+sway, y-0.62*h, 0.26*h, color)
	s.circle(x-0.16*h+sway, y-0.50*h, 0.18*h, color)
	s.circle(x+0.17*h+sway, y-0.48*h, 0.19*h, color)
	s.circle(x+0.06*h+sway*1.3, y-0.68*h, 0.14*h, light)
}
