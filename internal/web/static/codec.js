// What a browser can play, and what people call it.

// plays reports whether this browser can play video of a codec.
export function plays(codec, video) {
  const type = `video/mp4; codecs="${codec}"`;
  const Source = window.ManagedMediaSource || window.MediaSource;
  return Boolean((Source && Source.isTypeSupported(type)) || (video && video.canPlayType(type)));
}

// called is a codec as people call it.
export function called(codec) {
  if (/^(hvc1|hev1)/.test(codec)) return "H.265";
  if (/^avc1/.test(codec)) return "H.264";
  return /^mp4v/.test(codec) ? "MJPEG" : codec;
}
