package simulator

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// mostAsked is how many bytes of a question are read.
const mostAsked = 1 << 20

// A node is an element of a question, with all that is in it.
type node struct {
	XMLName xml.Name
	Attr    []xml.Attr `xml:",any,attr"`
	Text    string     `xml:",chardata"`
	In      []node     `xml:",any"`
}

// find is the first element of that name in n, n included; nil if there is
// none.
func (n *node) find(name string) *node {
	if n == nil || n.XMLName.Local == name {
		return n
	}
	for i := range n.In {
		if found := n.In[i].find(name); found != nil {
			return found
		}
	}
	return nil
}

// text is what is in the first element of that name.
func (n *node) text(name string) string {
	if found := n.find(name); found != nil {
		return strings.TrimSpace(found.Text)
	}
	return ""
}

// attribute is that of n; "" if there is none.
func (n *node) attribute(name string) string {
	if n != nil {
		for _, a := range n.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
	}
	return ""
}

// A call is a question that is being answered.
type call struct {
	*Camera
	r      *http.Request
	all    *node // the envelope
	what   *node // its body's element
	media2 bool
}

// A fault is why there is no answer.
type fault struct{ code, text string }

func (f *fault) Error() string { return f.code + ": " + f.text }

// ServeHTTP answers a question.
func (c *Camera) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, "/snapshot/") {
		c.note("snapshot")
		http.Error(w, "looking is an act", http.StatusForbidden)
		return
	}
	if r.Method != http.MethodPost {
		http.Error(w, "this is a camera", http.StatusNotFound)
		return
	}
	q, err := c.read(w, r)
	if err != nil {
		sendFault(w, &fault{"ter:WellFormed", err.Error()})
		return
	}
	if q.what.XMLName.Local != "GetSystemDateAndTime" && !c.mayAsk(w, r, q.all) {
		return
	}
	c.note(q.what.XMLName.Local)
	text, no := q.answer()
	if no != nil {
		sendFault(w, no)
		return
	}
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	_, _ = io.WriteString(w, envelop(text)) // fails only for who is gone
}

func (c *Camera) read(w http.ResponseWriter, r *http.Request) (call, error) {
	var all node
	if err := xml.NewDecoder(http.MaxBytesReader(w, r.Body, mostAsked)).Decode(&all); err != nil {
		return call{}, err
	}
	body := all.find("Body")
	if body == nil || len(body.In) == 0 {
		return call{}, fmt.Errorf("there is no question in it")
	}
	what := &body.In[0]
	return call{Camera: c, r: r, all: &all, what: what, media2: strings.Contains(what.XMLName.Space, "ver20/media")}, nil
}

func (c *Camera) note(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked = append(c.asked, what)
}

// answer is the content of the answer to q.
func (q call) answer() (string, *fault) {
	for _, service := range []map[string]func(call) (string, *fault){deviceService, mediaService, eventService, ptzService} {
		if do, ok := service[q.what.XMLName.Local]; ok {
			return do(q)
		}
	}
	return "", &fault{"ter:ActionNotSupported", "there is no " + q.what.XMLName.Local}
}

// absent is the fault for what this camera doesn't have.
var absent = &fault{"ter:ActionNotSupported", "Optional Action Not Implemented"}

func sendFault(w http.ResponseWriter, f *fault) {
	w.Header().Set("Content-Type", "application/soap+xml; charset=utf-8")
	w.WriteHeader(http.StatusBadRequest)
	_, _ = io.WriteString(w, envelop(`<s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>`+escape(f.code)+
		`</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">`+escape(f.text)+`</s:Text></s:Reason></s:Fault>`))
}

func envelop(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"` +
		` xmlns:tt="http://www.onvif.org/ver10/schema" xmlns:tds="http://www.onvif.org/ver10/device/wsdl"` +
		` xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl"` +
		` xmlns:tev="http://www.onvif.org/ver10/events/wsdl" xmlns:tptz="http://www.onvif.org/ver20/ptz/wsdl"` +
		` xmlns:trc="http://www.onvif.org/ver10/recording/wsdl" xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2"` +
		` xmlns:wsa5="http://www.w3.org/2005/08/addressing" xmlns:tns1="http://www.onvif.org/ver10/topics">` +
		`<s:Body>` + body + `</s:Body></s:Envelope>`
}

func escape(text string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a strings.Builder doesn't fail
	return b.String()
}

// tag is an element with inner, which is XML, in it.
func tag(name, inner string) string {
	bare, _, _ := strings.Cut(name, " ")
	return "<" + name + ">" + inner + "</" + bare + ">"
}
