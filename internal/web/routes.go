package web

// A route is a path and what answers it.
type route struct {
	pattern  string
	do       func(*visit) error
	audience audience
	kind     kind
}

// audience is who a route is for.
type audience int

const (
	signedIn audience = iota // others are asked to sign in first
	anyone
)

// kind is what a route answers with.
type kind int

const (
	paper  kind = iota // a page: small, and soon ready
	answer             // a line for a script: no page around an error
	stream             // goes on for as long as it takes
)

// routes is every path there is.
func (s *site) routes() []route {
	all := []route{
		{"GET /aanmelden", s.signInPage, anyone, paper},
		{"POST /aanmelden", s.signIn, anyone, paper},
		{"POST /afmelden", s.signOut, anyone, paper},
		{"GET /erbij", s.joinPage, signedIn, paper},
		{"POST /erbij", s.join, signedIn, paper},
		{"POST /erbij/weg", s.leave, signedIn, paper},
		{"GET /aanwezig", s.presentPart, signedIn, answer},
		{"POST /taal", s.chooseLanguage, anyone, paper},

		{"GET /{$}", s.livePage, signedIn, paper},
		{"GET /kijken", s.socket, signedIn, stream},
		{"GET /camera/{id}", s.cameraPage, signedIn, paper},
		{"POST /camera/{id}/whep", s.whepStart, signedIn, answer},
		{"DELETE /camera/{id}/whep/{live}", s.whepStop, signedIn, answer},

		{"GET /terugkijken", s.lookbackPage, signedIn, paper},
		{"POST /terugkijken", s.lookback, signedIn, paper},
		{"GET /terugkijken/{id}", s.playbackPage, signedIn, paper},
		{"GET /terugkijken/{id}/film.mp4", s.film, signedIn, stream},
		{"GET /terugkijken/{id}/toestand", s.state, signedIn, stream},
		{"POST /terugkijken/{id}/getoond", s.shown, signedIn, answer},
		{"POST /terugkijken/{id}/einde", s.endPlayback, signedIn, paper},

		{"GET /incidenten", s.incidentsPage, signedIn, paper},
		{"POST /incidenten", s.report, signedIn, paper},
		{"GET /incidenten/{id}", s.incidentPage, signedIn, paper},
		{"GET /incidenten/{id}/afhandelen", s.settlePage, signedIn, paper},
		{"POST /incidenten/{id}/afhandelen", s.settle, signedIn, paper},
		{"GET /vasthouden", s.holdPage, signedIn, paper},
		{"POST /vasthouden", s.hold, signedIn, paper},

		{"GET /logboek", s.logbookPage, signedIn, paper},
		{"GET /logboek/{seq}", s.entryPage, signedIn, paper},
		{"GET /logboek/bewijs/{seq}", s.proof, anyone, answer},
		{"GET /logboek/boom/{rest...}", s.tree, anyone, stream},

		{"GET /reglement", s.regulationPage, anyone, paper},
		{"GET /static/{version}/{file}", s.static, anyone, answer},
		{"GET /favicon.ico", s.favicon, anyone, answer},
	}
	if s.Demo != nil {
		all = append(all, route{"POST /demo/klok", s.moveClock, anyone, paper})
	}
	return all
}
