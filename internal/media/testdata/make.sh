#!/bin/sh
# Draws the clips of this folder with ffmpeg 5.1 (libx264, aac).
set -eu
cd "$(dirname "$0")"

draw() { # name seconds video-source x264-parameters [more inputs and options]
	name=$1 seconds=$2 source=$3 params=$4
	shift 4
	ffmpeg -nostdin -loglevel error -y -f lavfi -i "$source" "$@" \
		-t "$seconds" -pix_fmt yuv420p -c:v libx264 -preset veryfast -threads 1 -crf 36 \
		-x264-params "$params" -bitexact -movflags +faststart "$name.mp4"
}

draw plain 4 testsrc2=size=320x180:rate=25 keyint=25:scenecut=0:bframes=0 \
	-f lavfi -i sine=frequency=330:sample_rate=16000 -c:a aac -b:a 16k -ac 1
draw bframes 3 testsrc2=size=320x180:rate=25 keyint=50:scenecut=0:bframes=3:b-pyramid=normal:repeat-headers=1
draw slices 4 testsrc2=size=320x240:rate=15 keyint=60:scenecut=0:bframes=0:slices=4:aud=1:repeat-headers=1
draw refresh 4 testsrc2=size=320x180:rate=20 keyint=20:intra-refresh=1:bframes=0:repeat-headers=1
draw vfr 4 "testsrc2=size=318x178:rate=30000/1001,select='not(between(mod(n,17),5,8))'" \
	keyint=37:scenecut=0:bframes=0 -vsync vfr
