package scenario

import "slices"

// acts are what people, the program and time do.
func acts() []phrase {
	return slices.Concat(sitting(), looking(), keeping(), reporting(), arranging(), adopting(), appointing())
}

func sitting() []phrase {
	return []phrase{
		{text: `{persoon} bij {ander} komt zitten`, example: `Samira bij Pieter komt zitten`, do: (*world).joins},
		{text: `{persoon} aan werkplek {werkplek} gaat zitten`, example: `Samira aan werkplek "Balie" gaat zitten`, do: (*world).sitsAt},
		{text: `{persoon} weggaat`, example: `Samira weggaat`, do: (*world).leaves},
		{text: `er {duur} voorbij is`, example: `er 1 dag voorbij is`, do: (*world).passes},
		{text: `er {duur} voorbij zijn`, example: `er 6 dagen voorbij zijn`, do: (*world).passes},
		{text: `het {tijd} is`, example: `het 16:30 is`, do: (*world).isTime},
		{text: `het {datum} is`, example: `het 2026-11-16 is`, do: (*world).isLater},
	}
}

func looking() []phrase {
	return []phrase{
		{text: `{persoon} camera {camera} live bekijkt voor {doel}`, example: `Pieter camera "Gang" live bekijkt voor "veiligheid"`, do: (*world).watches},
		{text: `{persoon} camera {camera} live bekijkt voor {doel} bij incident {incident}`, example: `Pieter camera "Gang" live bekijkt voor "incident" bij incident "fiets"`, do: (*world).watches},
		{text: `{persoon} camera {camera} live bekijkt zonder doel`, example: `Pieter camera "Gang" live bekijkt zonder doel`, do: (*world).watches},
		{text: `{persoon} camera {camera} terugkijkt voor {doel}`, example: `Pieter camera "Gang" terugkijkt voor "veiligheid"`, do: (*world).playsBack},
		{text: `{persoon} camera {camera} terugkijkt zonder doel`, example: `Pieter camera "Gang" terugkijkt zonder doel`, do: (*world).playsBack},
		{text: `{persoon} camera {camera} terugkijkt voor {doel} bij incident {incident}`, example: `Pieter camera "Gang" terugkijkt voor "incident" bij incident "fiets"`, do: (*world).playsBack},
		{text: `{persoon} het beeld sluit`, example: `Pieter het beeld sluit`, do: (*world).closes},
		{text: `{persoon} tijdens het terugkijken incident {incident} ziet`, example: `Pieter tijdens het terugkijken incident "val" ziet`, do: (*world).seesIncident},
		{text: `{persoon} het beeld verscherpt`, example: `Pieter het beeld verscherpt`, do: (*world).sharpens},
		{text: `{persoon} het beeld verlicht`, example: `Pieter het beeld verlicht`, do: (*world).brightens},
		{text: `{persoon} het beeld vergroot`, example: `Pieter het beeld vergroot`, do: (*world).enlarges},
		{text: `{persoon} het beeld stilzet`, example: `Pieter het beeld stilzet`, do: (*world).stills},
		{text: `{persoon} het beeld stilzet en verscherpt`, example: `Pieter het beeld stilzet en verscherpt`, do: (*world).stillsSharpened},
		{text: `{persoon} het beeld stilzet en verlicht`, example: `Pieter het beeld stilzet en verlicht`, do: (*world).stillsBrightened},
		{text: `{persoon} het beeld stilzet en vergroot`, example: `Pieter het beeld stilzet en vergroot`, do: (*world).stillsEnlarged},
		{text: `{persoon} camera {camera} draait`, example: `Pieter camera "Gang" draait`, do: (*world).steers},
		{text: `{persoon} op camera {camera} inzoomt`, example: `Pieter op camera "Gang" inzoomt`, do: (*world).steers},
		{text: `{persoon} de beelden afkeurt`, example: `Pieter de beelden afkeurt`, do: (*world).rejects},
		{text: `camera {camera} beweging ziet`, example: `camera "Gang" beweging ziet`, do: (*world).moves},
		{text: `camera {camera} niets ziet bewegen`, example: `camera "Gang" niets ziet bewegen`, do: (*world).keepsStill},
		{text: `camera {camera} beeld en geluid aanbiedt`, example: `camera "Gang" beeld en geluid aanbiedt`, do: (*world).offers},
	}
}

func keeping() []phrase {
	return []phrase{
		{text: `camera {camera} opneemt`, example: `camera "Gang" opneemt`, do: (*world).records},
		{text: `{persoon} beelden van camera {camera} laat bewaren voor incident {incident}`, example: `Pieter beelden van camera "Gang" laat bewaren voor incident "fiets"`, do: (*world).holds},
		{text: `{persoon} beelden van camera {camera} van {tijd} tot {tot} laat bewaren voor incident {incident}`, example: `Pieter beelden van camera "Gang" van 10:00 tot 10:15 laat bewaren voor incident "fiets"`, do: (*world).holdsFromTo},
		{text: `{persoon} beelden van camera {camera} laat bewaren zonder incident`, example: `Pieter beelden van camera "Gang" laat bewaren zonder incident`, do: (*world).holdsForNothing},
		{text: `{persoon} beelden van camera {camera} wist`, example: `Wim beelden van camera "Gang" wist`, do: (*world).erases},
		{text: `het programma beelden van camera {camera} te vroeg wist`, example: `het programma beelden van camera "Gang" te vroeg wist`, do: (*world).erasesEarly},
	}
}

func reporting() []phrase {
	return []phrase{
		{text: `{persoon} op {locatie} incident {incident} vermoedt en meldt`, example: `Pieter op "Noord" incident "fiets" vermoedt en meldt`, do: (*world).reportsSuspicion},
		{text: `{persoon} op {locatie} incident {incident} ziet en meldt`, example: `Pieter op "Noord" incident "fiets" ziet en meldt`, do: (*world).reports},
		{text: `{persoon} incident {incident} afhandelt`, example: `Pieter incident "fiets" afhandelt`, do: (*world).settles},
		{text: `het programma incident {incident} afhandelt`, example: `het programma incident "fiets" afhandelt`, do: (*world).settlesItself},
		{text: `{persoon} het logboek leest`, example: `Wim het logboek leest`, do: (*world).consults},
		{text: `{persoon} op {locatie} de incidenten leest`, example: `Pieter op "Noord" de incidenten leest`, do: (*world).consultsAt},
		{text: `{persoon} op {locatie} incident {incident} van soort {soort} vermoedt en meldt`, example: `Pieter op "Noord" incident "fiets" van soort "diefstal" vermoedt en meldt`, do: (*world).reportsSuspicion},
		{text: `{persoon} op {locatie} incident {incident} van soort {soort} ziet en meldt`, example: `Pieter op "Noord" incident "fiets" van soort "diefstal" ziet en meldt`, do: (*world).reports},
		{text: `{persoon} op {locatie} incident {incident} meldt zonder te zeggen wie het zag`, example: `Pieter op "Noord" incident "fiets" meldt zonder te zeggen wie het zag`, do: (*world).reportsUnseen},
		{text: `{persoon} op {locatie} incident {incident} van soort {soort} meldt zonder te zeggen wie het zag`, example: `Pieter op "Noord" incident "fiets" van soort "diefstal" meldt zonder te zeggen wie het zag`, do: (*world).reportsUnseen},
		{text: `{persoon} bij incident {incident} een verwijzing vastlegt`, example: `Pieter bij incident "fiets" een verwijzing vastlegt`, do: (*world).refers},
		{text: `{persoon} op {locatie} om bewaren vraagt voor incident {incident}`, example: `Pieter op "Noord" om bewaren vraagt voor incident "val"`, do: (*world).requests},
		{text: `{persoon} bewaarverzoek {incident} toewijst`, example: `Pieter bewaarverzoek "val" toewijst`, do: (*world).grants},
		{text: `{persoon} bewaarverzoek {incident} afwijst`, example: `Pieter bewaarverzoek "val" afwijst`, do: (*world).denies},
		{text: `{persoon} bewaarverzoek {incident} afwijst zonder redenen`, example: `Pieter bewaarverzoek "val" afwijst zonder redenen`, do: (*world).deniesWithoutReason},
	}
}

func arranging() []phrase {
	return []phrase{
		{text: `{persoon} op {locatie} een camera plaatst`, example: `Wim op "Noord" een camera plaatst`, do: (*world).placesCamera},
		{text: `{persoon} een camera plaatst buiten elke locatie`, example: `Wim een camera plaatst buiten elke locatie`, do: (*world).placesCameraNowhere},
		{text: `{persoon} op {locatie} een bord ophangt`, example: `Wim op "Noord" een bord ophangt`, do: (*world).hangsSign},
		{text: `{persoon} een locatie toevoegt`, example: `Wim een locatie toevoegt`, do: (*world).addsSite},
		{text: `{persoon} op {locatie} een camera plaatst in {ruimte}`, example: `Wim op "Noord" een camera plaatst in "Aula"`, do: (*world).placesCameraIn},
		{text: `{persoon} camera {camera} verplaatst naar {ruimte}`, example: `Wim camera "Gang" verplaatst naar "Aula"`, do: (*world).movesCamera},
		{text: `{persoon} camera {camera} anders richt`, example: `Wim camera "Gang" anders richt`, do: (*world).turnsCamera},
		{text: `{persoon} camera {camera} weghaalt`, example: `Wim camera "Gang" weghaalt`, do: (*world).removesCamera},
		{text: `{persoon} van camera {camera} {zicht} afdekt`, example: `Wim van camera "Gang" "openbare weg" afdekt`, do: (*world).masks},
		{text: `{persoon} op {locatie} een ruimte toevoegt`, example: `Wim op "Noord" een ruimte toevoegt`, do: (*world).addsRoom},
		{text: `{persoon} op {locatie} een ingang toevoegt`, example: `Wim op "Noord" een ingang toevoegt`, do: (*world).addsEntrance},
		{text: `{persoon} op {locatie} een werkplek inschrijft`, example: `Wim op "Noord" een werkplek inschrijft`, do: (*world).addsStation},
		{text: `{persoon} op {locatie} de serverruimte vastlegt`, example: `Wim op "Noord" de serverruimte vastlegt`, do: (*world).addsStorage},
		{text: `{persoon} stuk {stuk} vastlegt over {ding}`, example: `Wim stuk "dpia" vastlegt over camera "Gang"`, do: (*world).files},
		{text: `{persoon} stuk {stuk} zonder {veld} vastlegt over {ding}`, example: `Wim stuk "dpia" zonder "maatregelen" vastlegt over camera "Gang"`, do: (*world).filesBut},
		{text: `{persoon} stuk {stuk} onvolledig vastlegt over {ding}`, example: `Wim stuk "dpia" onvolledig vastlegt over camera "Gang"`, do: (*world).filesHalf},
	}
}

func adopting() []phrase {
	return []phrase{
		{text: `{persoon} een nieuw reglement vaststelt met een besluit`, example: `Anna een nieuw reglement vaststelt met een besluit`, do: (*world).adopts},
		{text: `{persoon} een nieuw reglement vaststelt zonder besluit`, example: `Anna een nieuw reglement vaststelt zonder besluit`, do: (*world).adoptsUndecided},
		{text: `{persoon} een nieuw reglement vaststelt met een besluit dat over {duur} ingaat`, example: `Anna een nieuw reglement vaststelt met een besluit dat over 30 dagen ingaat`, do: (*world).adoptsLater},
		{text: `{persoon} een nieuw reglement voorlegt`, example: `Anna een nieuw reglement voorlegt`, do: (*world).drafts},
		{text: `{persoon} de instemming van {raad} vastlegt`, example: `Anna de instemming van de ondernemingsraad vastlegt`, do: (*world).consents},
		{text: `{persoon} een nieuw reglement bekendmaakt`, example: `Anna een nieuw reglement bekendmaakt`, do: (*world).announces},
		{text: `{raad} instemt met een nieuw reglement`, example: `de ondernemingsraad instemt met een nieuw reglement`, do: (*world).agrees},
		{text: `een nieuw reglement wordt bekendgemaakt`, example: `een nieuw reglement wordt bekendgemaakt`, do: (*world).isAnnounced},
		{text: `{persoon} van artikel {artikel} afwijkt`, example: `Anna van artikel {artikel} afwijkt`, do: (*world).deviates},
		{text: `{persoon} van artikel {artikel} afwijkt zonder reden`, example: `Anna van artikel {artikel} afwijkt zonder reden`, do: (*world).deviatesGroundless},
		{text: `{persoon} van artikel {artikel} afwijkt zonder melding`, example: `Anna van artikel {artikel} afwijkt zonder melding`, do: (*world).deviatesUntold},
		{text: `{persoon} in een onvoorzien geval besluit`, example: `Anna in een onvoorzien geval besluit`, do: (*world).decidesUnforeseen},
		{text: `{persoon} in een onvoorzien geval besluit zonder melding`, example: `Anna in een onvoorzien geval besluit zonder melding`, do: (*world).decidesUntold},
		{text: `{persoon} een schorsing van artikel {artikel} vastlegt`, example: `Anna een schorsing van artikel {artikel} vastlegt`, do: (*world).entersSuspension},
		{text: `{persoon} in een onvoorzien geval besluit met advies van {rol}`, example: `Anna in een onvoorzien geval besluit met advies van beheerder`, do: (*world).decidesUnforeseen},
		{text: `{persoon} in een onvoorzien geval besluit met advies van {rol} en {rolb}`, example: `Anna in een onvoorzien geval besluit met advies van beheerder en locatiebeheerder`, do: (*world).decidesUnforeseen},
	}
}

func appointing() []phrase {
	return []phrase{
		{text: `{persoon} iemand inschrijft`, example: `Wim iemand inschrijft`, do: (*world).enrols},
		{text: `{persoon} {ander} aanwijst als {rol} met een besluit`, example: `Anna Wim aanwijst als beheerder met een besluit`, do: (*world).appoints},
		{text: `{persoon} {ander} aanwijst als {rol} zonder besluit`, example: `Anna Wim aanwijst als beheerder zonder besluit`, do: (*world).appointsUndecided},
		{text: `{persoon} {ander} op {locatie} aanwijst als {rol}`, example: `Wim Pieter op "Noord" aanwijst als locatiebeheerder`, do: (*world).appointsAt},
		{text: `{persoon} de rol {rol} van {ander} intrekt`, example: `Anna de rol beheerder van Wim intrekt`, do: (*world).withdraws},
		{text: `{persoon} iemand inschrijft als {soort}`, example: `Wim iemand inschrijft als "bewoner"`, do: (*world).enrolsAs},
		{text: `{persoon} {ander} aanwijst als vervanger van {derde} in de rol {rol}`, example: `Wim Karin aanwijst als vervanger van Pieter in de rol beheerder`, do: (*world).appointsDeputy},
		{text: `{persoon} {ander} aanwijst als vervanger van {derde} in de rol {rol} op {locatie}`, example: `Wim Karin aanwijst als vervanger van Pieter in de rol locatiebeheerder op "Noord"`, do: (*world).appointsDeputy},
		{text: `{persoon} de rol {rol} van {ander} op {locatie} intrekt`, example: `Wim de rol locatiebeheerder van Pieter op "Noord" intrekt`, do: (*world).withdraws},
		{text: `{persoon} {ander} machtigt tot {handeling}`, example: `Wim Karin machtigt tot terugkijken`, do: (*world).authorises},
		{text: `{persoon} {ander} machtigt tot {handeling} voor {duur}`, example: `Wim Karin machtigt tot terugkijken voor 2 weken`, do: (*world).authorisesFor},
		{text: `{persoon} {ander} machtigt tot {handeling} voor {doel}`, example: `Wim Karin machtigt tot terugkijken voor "veiligheid"`, do: (*world).authorisesPurpose},
		{text: `{persoon} {ander} machtigt tot {handeling} zonder reden`, example: `Wim Karin machtigt tot terugkijken zonder reden`, do: (*world).authorisesGroundless},
		{text: `{persoon} {ander} machtigt tot {handeling} zonder voorwaarden`, example: `Wim Karin machtigt tot terugkijken zonder voorwaarden`, do: (*world).authorisesUnbound},
		{text: `{persoon} {ander} afmeldt`, example: `Wim Pieter afmeldt`, do: (*world).absents},
		{text: `{persoon} op {locatie} {soort} inroostert`, example: `Wim op "Noord" "examen" inroostert`, do: (*world).rosters},
		{text: `{persoon} op {locatie} een bezoeker van {hoedanigheid} ontvangt`, example: `Pieter op "Noord" een bezoeker van "politie" ontvangt`, do: (*world).receives},
		{text: `{persoon} op {locatie} een bezoeker van {hoedanigheid} ontvangt zonder legitimatie`, example: `Pieter op "Noord" een bezoeker van "politie" ontvangt zonder legitimatie`, do: (*world).receivesUnidentified},
		{text: `{persoon} op {locatie} een bezoeker van {hoedanigheid} ontvangt zonder reden`, example: `Pieter op "Noord" een bezoeker van "politie" ontvangt zonder reden`, do: (*world).receivesGroundless},
	}
}
