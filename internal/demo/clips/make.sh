#!/bin/sh
# Draws the clips of the demo's cameras. Needs Go, and ffmpeg 5.1 or later with
# librsvg, libx264 and aac; the letters are DejaVu Sans.
set -eu
cd "$(dirname "$0")"
frames=$(mktemp -d)
trap 'rm -rf "$frames"' EXIT

draw() { # name pictures-a-second bitrate-k tone-1 tone-2
	rm -f "$frames"/*
	go run draw.go figures.go scenes.go "$1" "$2" "$frames"
	ffmpeg -nostdin -loglevel error -y \
		-framerate "$2" -i "$frames/%04d.svg" \
		-f lavfi -i "aevalsrc='0.05*sin(2*PI*$4*t)*(0.6+0.4*sin(2*PI*t/3))+0.04*sin(2*PI*$5*t)*(0.5+0.5*sin(2*PI*t/4))':s=16000:d=12" \
		-c:v libx264 -preset veryslow -profile:v main -pix_fmt yuv420p -bf 0 \
		-b:v "$3k" -maxrate "$(($3 * 2))k" -bufsize "$(($3 * 2))k" \
		-g $(($2 * 3 / 2)) -keyint_min $(($2 * 3 / 2)) -sc_threshold 0 \
		-c:a aac -b:a 24k -ac 1 -t 12 -bitexact -movflags +faststart "$1.mp4"
}

light() { # name: the same, smaller, without sound
	ffmpeg -nostdin -loglevel error -y -i "$1.mp4" -an -vf fps=10,scale=320:180 \
		-c:v libx264 -preset veryslow -profile:v baseline -pix_fmt yuv420p -bf 0 \
		-b:v 48k -maxrate 96k -bufsize 96k -g 15 -keyint_min 15 -sc_threshold 0 \
		-t 12 -bitexact -movflags +faststart "$1-licht.mp4"
}

draw hoofdingang 20 480 220 330
draw fietsenstalling 15 480 196 294
draw kantine 25 480 262 392
draw parkeerplaats 20 480 174 261
for name in hoofdingang fietsenstalling kantine parkeerplaats; do
	light "$name"
done
