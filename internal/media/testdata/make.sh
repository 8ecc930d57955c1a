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

# Other codecs. The Huffman tables must be those that RTP takes for granted.
ffmpeg -nostdin -loglevel error -y -f lavfi -i testsrc2=size=320x180:rate=25 -t 3 -pix_fmt yuv420p \
	-c:v libx265 -preset veryfast -crf 36 -tag:v hvc1 -x265-params \
	keyint=24:min-keyint=24:scenecut=0:open-gop=1:bframes=3:b-adapt=0:repeat-headers=1:pools=none:frame-threads=1:log-level=error:info=0 \
	-bitexact -movflags +faststart h265.mp4
ffmpeg -nostdin -loglevel error -y -f lavfi -i testsrc2=size=320x176:rate=10 -t 2 -pix_fmt yuvj420p \
	-c:v mjpeg -huffman default -q:v 12 -bitexact -movflags +faststart mjpeg.mp4
# A camera's lighter stream.
draw sub 4 testsrc2=size=160x90:rate=10 keyint=20:scenecut=0:bframes=0:repeat-headers=1
# A camera that keeps to a bitrate, in noise; something moves from 8 to 12 s.
ffmpeg -nostdin -loglevel error -y \
	-f lavfi -i "nullsrc=size=320x180:rate=10,format=yuv420p,geq=lum='128+60*sin(X/9)*cos(Y/7)':cb=128:cr=128" \
	-f lavfi -i testsrc2=size=100x140:rate=10 \
	-filter_complex "[0][1]overlay=x='mod(t*70\,200)':y=20:enable='between(t,8,12)',noise=alls=5:allf=t" \
	-t 18 -pix_fmt yuv420p -c:v libx264 -preset veryfast -threads 1 -b:v 60k -x264-params \
	keyint=20:scenecut=0:bframes=0:vbv-maxrate=60:vbv-bufsize=60:nal-hrd=cbr:rc-lookahead=0:mbtree=0 \
	-bitexact -movflags +faststart bitrate.mp4
