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
		{"GET /camera/{id}/controlelijst", s.checklistPage, signedIn, paper},
		{"GET /controlelijst", s.checklistsPage, signedIn, paper},
		{"POST /camera/{id}/whep", s.whepStart, signedIn, answer},
		{"DELETE /camera/{id}/whep/{live}", s.whepStop, signedIn, answer},

		{"GET /incidenten", s.incidentsPage, signedIn, paper},
		{"POST /incidenten", s.report, signedIn, paper},
		{"GET /incidenten/{id}", s.incidentPage, signedIn, paper},
		{"GET /incidenten/{id}/afhandelen", s.settlePage, signedIn, paper},
		{"POST /incidenten/{id}/afhandelen", s.settle, signedIn, paper},
		{"POST /incidenten/{id}/besluit", s.decide, signedIn, paper},
		{"POST /incidenten/{id}/verwijzing", s.refer, signedIn, paper},
		{"POST /verzoeken", s.request, signedIn, paper},
		{"GET /vasthouden", s.holdPage, signedIn, paper},
		{"POST /vasthouden", s.hold, signedIn, paper},

		{"GET /logboek", s.logbookPage, signedIn, paper},
		{"GET /logboek/{seq}", s.entryPage, signedIn, paper},
		{"GET /logboek/bewijs/{seq}", s.proof, anyone, answer},
		{"GET /logboek/boom/{rest...}", s.tree, anyone, stream},

		{"GET /reglement", s.regulationPage, anyone, paper},
		{"GET /reglement/mij", s.minePage, signedIn, paper},
		{"GET /static/{version}/{file}", s.static, anyone, answer},
		{"GET /favicon.ico", s.favicon, anyone, answer},
	}
	all = append(all, s.lookbackRoutes()...)
	all = append(all, s.sightRoutes()...)
	all = append(all, s.overviewRoutes()...)
	all = append(all, s.premisesRoutes()...)
	all = append(all, s.surveyRoutes()...)
	all = append(all, s.peopleRoutes()...)
	all = append(all, s.paperRoutes()...)
	if s.Demo != nil {
		all = append(all, route{"POST /demo/klok", s.moveClock, anyone, paper})
	}
	return all
}

// lookbackRoutes are those about what was recorded.
func (s *site) lookbackRoutes() []route {
	return []route{
		{"GET /terugkijken", s.lookbackPage, signedIn, paper},
		{"POST /terugkijken", s.lookback, signedIn, paper},
		{"GET /tijdlijn", s.timeline, signedIn, answer},
		{"GET /naast-elkaar/{id}", s.togetherPage, signedIn, paper},
		{"GET /naast-elkaar/{id}/toestand", s.togetherState, signedIn, stream},
		{"POST /naast-elkaar/{id}/einde", s.endTogether, signedIn, paper},
		{"GET /terugkijken/{id}", s.playbackPage, signedIn, paper},
		{"GET /terugkijken/{id}/film.mp4", s.film, signedIn, stream},
		{"GET /terugkijken/{id}/toestand", s.state, signedIn, stream},
		{"POST /terugkijken/{id}/getoond", s.shown, signedIn, answer},
		{"POST /terugkijken/{id}/einde", s.endPlayback, signedIn, paper},
		{"POST /terugkijken/{id}/incident", s.sawIncident, signedIn, paper},
		{"POST /terugkijken/{id}/onbruikbaar", s.reject, signedIn, paper},
		{"POST /terugkijken/{id}/bewerken", s.process, signedIn, answer},
	}
}

// overviewRoutes say what is left to do, and who may what.
func (s *site) overviewRoutes() []route {
	return []route{
		{"GET /taken", s.tasksPage, signedIn, paper},
		{"POST /taken/klok", s.confirmClock, signedIn, paper},
		{"GET /rollen", s.rolesPage, signedIn, paper},
		{"GET /opslag", s.storagePage, signedIn, paper},
	}
}

// premisesRoutes are those about what is where.
func (s *site) premisesRoutes() []route {
	return []route{
		{"GET /plaatsen", s.placesPage, signedIn, paper},
		{"POST /plaatsen", s.addPlace, signedIn, paper},
		{"GET /plaatsen/{id}", s.placePage, signedIn, paper},
		{"POST /plaatsen/{id}", s.changePlace, signedIn, paper},
		{"POST /plaatsen/{id}/ruimten", s.addRoom, signedIn, paper},
		{"POST /plaatsen/{id}/ruimten/weg", s.removeRoom, signedIn, paper},
		{"POST /plaatsen/{id}/ruimten/opslag", s.setStorage, signedIn, paper},
		{"POST /plaatsen/{id}/ingangen", s.addEntrance, signedIn, paper},
		{"POST /plaatsen/{id}/ingangen/weg", s.removeEntrance, signedIn, paper},
		{"POST /plaatsen/{id}/borden/bestand", s.addSign, signedIn, paper},
		{"POST /plaatsen/{id}/borden/weg", s.removeSign, signedIn, paper},
		{"GET /plaatsen/{id}/borden/{bord}/foto", s.signPhoto, signedIn, answer},
		{"POST /plaatsen/{id}/werkplekken", s.addStation, signedIn, paper},
		{"POST /plaatsen/{id}/werkplekken/weg", s.removeStation, signedIn, paper},
		{"GET /borden/{locatie}", s.signPage, signedIn, paper},
		{"GET /werkplek", s.stationPage, signedIn, paper},
		{"POST /werkplek", s.enrol, signedIn, paper},

		{"GET /cameras", s.camerasPage, signedIn, paper},
		{"POST /cameras", s.newCamera, signedIn, paper},
		{"GET /cameras/nieuw", s.newCameraPage, signedIn, paper},
		{"GET /cameras/{id}", s.setCameraPage, signedIn, paper},
		{"POST /cameras/{id}", s.changeCamera, signedIn, paper},
		{"POST /cameras/{id}/weg", s.removeCamera, signedIn, paper},
		{"POST /cameras/{id}/maskers", s.addMask, signedIn, paper},
		{"POST /cameras/{id}/maskers/weg", s.removeMask, signedIn, paper},
	}
}
