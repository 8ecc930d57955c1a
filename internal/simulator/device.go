package simulator

import (
	"fmt"
	"net/url"
)

var deviceService = map[string]func(call) (string, *fault){
	"GetSystemDateAndTime": call.clock,
	"GetDeviceInformation": call.information,
	"GetServices":          call.services,
	"GetCapabilities":      call.capabilities,
	"GetScopes":            call.scopes,
}

func (q call) clock() (string, *fault) {
	t := q.now()
	return fmt.Sprintf(`<tds:GetSystemDateAndTimeResponse><tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType>`+
		`<tt:DaylightSavings>false</tt:DaylightSavings><tt:TimeZone><tt:TZ>CET-1CEST,M3.5.0,M10.5.0/3</tt:TZ></tt:TimeZone><tt:UTCDateTime>`+
		`<tt:Time><tt:Hour>%d</tt:Hour><tt:Minute>%d</tt:Minute><tt:Second>%d</tt:Second></tt:Time>`+
		`<tt:Date><tt:Year>%d</tt:Year><tt:Month>%d</tt:Month><tt:Day>%d</tt:Day></tt:Date>`+
		`</tt:UTCDateTime></tds:SystemDateAndTime></tds:GetSystemDateAndTimeResponse>`,
		t.Hour(), t.Minute(), t.Second(), t.Year(), int(t.Month()), t.Day()), nil
}

func (q call) information() (string, *fault) {
	return tag("tds:GetDeviceInformationResponse", tag("tds:Manufacturer", escape(q.o.Maker))+tag("tds:Model", escape(q.o.Model))+
		tag("tds:FirmwareVersion", escape(q.o.Firmware))+tag("tds:SerialNumber", escape(q.o.Serial))+tag("tds:HardwareId", "1")), nil
}

// A service is one of its services, and where it is.
type service struct{ namespace, path string }

func (c *Camera) offers() []service {
	all := []service{{"http://www.onvif.org/ver10/device/wsdl", "device_service"}, {"http://www.onvif.org/ver10/media/wsdl", "media_service"},
		{"http://www.onvif.org/ver10/events/wsdl", "event_service"}}
	if !c.o.NoMedia2 && !c.o.Ancient {
		all = append(all, service{"http://www.onvif.org/ver20/media/wsdl", "media2_service"})
	}
	if c.o.Turns {
		all = append(all, service{"http://www.onvif.org/ver20/ptz/wsdl", "ptz_service"})
	}
	return append(all, service{"http://www.onvif.org/ver10/recording/wsdl", "recording_service"})
}

func (q call) services() (string, *fault) {
	if q.o.Ancient {
		return "", absent
	}
	all := ""
	for _, s := range q.offers() {
		all += tag("tds:Service", tag("tds:Namespace", s.namespace)+tag("tds:XAddr", q.at(s.path))+
			`<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version>`)
	}
	return tag("tds:GetServicesResponse", all), nil
}

func (c *Camera) at(path string) string { return c.base + "/onvif/" + path }

func (q call) capabilities() (string, *fault) {
	one := func(name, path, more string) string { return tag("tt:"+name, tag("tt:XAddr", q.at(path))+more) }
	all := one("Device", "device_service", "") +
		one("Events", "event_service", `<tt:WSSubscriptionPolicySupport>false</tt:WSSubscriptionPolicySupport><tt:WSPullPointSupport>true</tt:WSPullPointSupport>`+
			`<tt:WSPausableSubscriptionManagerInterfaceSupport>false</tt:WSPausableSubscriptionManagerInterfaceSupport>`) +
		one("Media", "media_service", `<tt:StreamingCapabilities/>`)
	if q.o.Turns {
		all += one("PTZ", "ptz_service", "")
	}
	all += tag("tt:Extension", one("Recording", "recording_service", ""))
	return tag("tds:GetCapabilitiesResponse", tag("tds:Capabilities", all)), nil
}

func (q call) scopes() (string, *fault) {
	all := ""
	for _, s := range q.scopeList() {
		all += tag("tds:Scopes", `<tt:ScopeDef>Fixed</tt:ScopeDef>`+tag("tt:ScopeItem", escape(s)))
	}
	return tag("tds:GetScopesResponse", all), nil
}

// scopeList is what it tells who looks for it.
func (c *Camera) scopeList() []string {
	const base = "onvif://www.onvif.org/"
	all := []string{base + "type/video_encoder", base + "Profile/Streaming", base + "Profile/T",
		base + "name/" + url.PathEscape(c.o.Name), base + "hardware/" + url.PathEscape(c.o.Model)}
	if c.o.Place != "" {
		all = append(all, base+"location/"+url.PathEscape(c.o.Place))
	}
	return all
}
