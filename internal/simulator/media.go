package simulator

import (
	"fmt"
	"slices"
)

var mediaService = map[string]func(call) (string, *fault){
	"GetProfiles":                  call.profiles,
	"GetStreamUri":                 call.uri,
	"GetSnapshotUri":               call.uri,
	"GetVideoSources":              call.videoSources,
	"GetAudioSources":              call.audioSources,
	"GetAudioSourceConfigurations": call.audioSources,
	"GetMasks":                     call.masks,
	"GetRecordings":                call.recordings,
	"GetRecordingJobs":             call.jobs,
}

const source = "VSC" // its one video source configuration

func (q call) profiles() (string, *fault) {
	all := ""
	for _, s := range q.o.Streams {
		if q.media2 {
			all += q.profile2(s)
		} else if s.Codec != "H265" { // older than that codec
			all += q.profile1(s)
		}
	}
	if q.media2 {
		return tag("tr2:GetProfilesResponse", all), nil
	}
	return tag("trt:GetProfilesResponse", all), nil
}

func encoder(s Stream) string {
	return tag("tt:Encoding", escape(s.Codec)) + fmt.Sprintf(`<tt:Resolution><tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution>`+
		`<tt:Quality>5</tt:Quality><tt:RateControl><tt:FrameRateLimit>%d</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>`+
		`<tt:BitrateLimit>4096</tt:BitrateLimit></tt:RateControl>`, s.Width, s.Height, s.Rate)
}

func (q call) profile2(s Stream) string {
	in := `<tr2:VideoSource token="` + source + `"><tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>VS</tt:SourceToken></tr2:VideoSource>` +
		tag(`tr2:VideoEncoder token="VE_`+escape(s.Token)+`"`, `<tt:Name>video</tt:Name><tt:UseCount>1</tt:UseCount>`+encoder(s))
	if q.o.Microphone {
		in += `<tr2:AudioSource token="ASC"><tt:Name>sound</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>AS</tt:SourceToken></tr2:AudioSource>` +
			`<tr2:AudioEncoder token="AE"><tt:Name>sound</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>PCMU</tt:Encoding></tr2:AudioEncoder>`
	}
	if q.o.Turns {
		in += `<tr2:PTZ token="PTZ"><tt:Name>head</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>NODE</tt:NodeToken></tr2:PTZ>`
	}
	return tag(`tr2:Profiles token="`+escape(s.Token)+`" fixed="true"`, tag("tr2:Name", escape(s.Name))+tag("tr2:Configurations", in))
}

func (q call) profile1(s Stream) string {
	in := `<tt:VideoSourceConfiguration token="` + source + `"><tt:Name>source</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>VS</tt:SourceToken>` +
		`<tt:Bounds x="0" y="0" width="1920" height="1080"/></tt:VideoSourceConfiguration>` +
		tag(`tt:VideoEncoderConfiguration token="VE_`+escape(s.Token)+`"`, `<tt:Name>video</tt:Name><tt:UseCount>1</tt:UseCount>`+encoder(s))
	if q.o.Microphone {
		in += `<tt:AudioEncoderConfiguration token="AE"><tt:Name>sound</tt:Name><tt:UseCount>1</tt:UseCount><tt:Encoding>G711</tt:Encoding></tt:AudioEncoderConfiguration>`
	}
	if q.o.Turns {
		in += `<tt:PTZConfiguration token="PTZ"><tt:Name>head</tt:Name><tt:UseCount>1</tt:UseCount><tt:NodeToken>NODE</tt:NodeToken></tt:PTZConfiguration>`
	}
	return tag(`trt:Profiles token="`+escape(s.Token)+`" fixed="true"`, tag("tt:Name", escape(s.Name))+in)
}

// uri says where pictures are: a stream, or single ones.
func (q call) uri() (string, *fault) {
	token := q.what.text("ProfileToken")
	i := slices.IndexFunc(q.o.Streams, func(s Stream) bool { return s.Token == token })
	if i < 0 {
		return "", &fault{"ter:NoProfile", "there is no such profile"}
	}
	name, at := q.what.XMLName.Local, q.o.Streams[i].URL
	if name == "GetSnapshotUri" {
		at = q.base + "/snapshot/" + token
	}
	if q.media2 {
		return tag("tr2:"+name+"Response", tag("tr2:Uri", escape(at))), nil
	}
	return tag("trt:"+name+"Response", tag("trt:MediaUri", tag("tt:Uri", escape(at))+
		`<tt:InvalidAfterConnect>false</tt:InvalidAfterConnect><tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout>`)), nil
}

func (q call) videoSources() (string, *fault) {
	s := q.o.Streams[0]
	return fmt.Sprintf(`<trt:GetVideoSourcesResponse><trt:VideoSources token="VS"><tt:Framerate>%d</tt:Framerate><tt:Resolution>`+
		`<tt:Width>%d</tt:Width><tt:Height>%d</tt:Height></tt:Resolution></trt:VideoSources></trt:GetVideoSourcesResponse>`, s.Rate, s.Width, s.Height), nil
}

func (q call) audioSources() (string, *fault) {
	in := ""
	switch {
	case q.o.Microphone && q.media2:
		in = `<tr2:Configurations token="ASC"><tt:Name>sound</tt:Name><tt:UseCount>1</tt:UseCount><tt:SourceToken>AS</tt:SourceToken></tr2:Configurations>`
	case q.o.Microphone:
		in = `<trt:AudioSources token="AS"><tt:Channels>1</tt:Channels></trt:AudioSources>`
	}
	if q.media2 {
		return tag("tr2:"+q.what.XMLName.Local+"Response", in), nil
	}
	return tag("trt:"+q.what.XMLName.Local+"Response", in), nil
}

func (q call) masks() (string, *fault) {
	if !q.media2 {
		return "", absent
	}
	all := ""
	for _, m := range q.o.Masks {
		points := ""
		for _, p := range m.Points {
			points += fmt.Sprintf(`<tt:Point x="%g" y="%g"/>`, p[0], p[1])
		}
		all += tag(`tr2:Masks token="`+escape(m.Token)+`"`, tag("tr2:ConfigurationToken", source)+tag("tr2:Polygon", points)+
			`<tr2:Type>Color</tr2:Type>`+tag("tr2:Enabled", fmt.Sprint(m.Enabled)))
	}
	return tag("tr2:GetMasksResponse", all), nil
}

// recordings are what stands on its card: nothing if it keeps nothing.
func (q call) recordings() (string, *fault) {
	in := ""
	if q.o.Keeps {
		in = `<trc:RecordingItem><tt:RecordingToken>R</tt:RecordingToken><tt:Configuration/></trc:RecordingItem>`
	}
	return tag("trc:GetRecordingsResponse", in), nil
}

func (q call) jobs() (string, *fault) {
	mode := "Idle"
	if q.o.Keeps {
		mode = "Active"
	}
	return tag("trc:GetRecordingJobsResponse", `<trc:JobItem><tt:JobToken>J</tt:JobToken><tt:JobConfiguration><tt:RecordingToken>R</tt:RecordingToken>`+
		tag("tt:Mode", mode)+`<tt:Priority>1</tt:Priority></tt:JobConfiguration></trc:JobItem>`), nil
}
