package scenario

import "slices"

// givens are what may be so before anything happens. They are facts, entered
// as such: whether somebody was allowed to bring them about is the business of
// other scenarios.
func givens() []phrase {
	return []phrase{
		{kind: given, text: `{persoon} is {rol}`, example: `Wim is beheerder`, do: (*world).hasRole},
		{kind: given, text: `{persoon} zit in het {rol}`, example: `Anna zit in het college van bestuur`, do: (*world).hasRole},
		{kind: given, text: `{persoon} is {rol} op {locatie}`, example: `Pieter is locatiebeheerder op "Noord"`, do: (*world).hasRole},
		{kind: given, text: `{persoon} heeft geen rol`, example: `Karin heeft geen rol`, do: (*world).hasNoRole},
		{kind: given, text: `{persoon} heeft geen geheimhouding beloofd`, example: `Pieter heeft geen geheimhouding beloofd`, do: (*world).isNotSworn},
		{kind: given, text: `er is een locatie {locatie}`, example: `er is een locatie "Noord"`, do: (*world).hasSite},
		{kind: given, text: `op {locatie} hangen geen borden`, example: `op "Noord" hangen geen borden`, do: (*world).hasNoSigns},
		{kind: given, text: `camera {camera} hangt op {locatie}`, example: `camera "Gang" hangt op "Noord"`, do: (*world).hasCamera},
		{kind: given, text: `camera {camera} is niet te zien`, example: `camera "Gang" is niet te zien`, do: (*world).isHidden},
		{kind: given, text: `over camera {camera} gaat geen privacytoets`, example: `over camera "Gang" gaat geen privacytoets`, do: (*world).isNotAssessed},
		{kind: given, text: `camera {camera} heeft opgenomen`, example: `camera "Gang" heeft opgenomen`, do: (*world).hasRecorded},
		{kind: given, text: `camera {camera} heeft om {tijd} opgenomen`, example: `camera "Gang" heeft om 10:05 opgenomen`, do: (*world).hasRecorded},
		{kind: given, text: `op {locatie} is incident {incident} vermoed`, example: `op "Noord" is incident "fiets" vermoed`, do: (*world).isSuspected},
		{kind: given, text: `op {locatie} is incident {incident} gezien`, example: `op "Noord" is incident "fiets" gezien`, do: (*world).isObserved},
		{kind: given, text: `op {locatie} is incident {incident} afgehandeld`, example: `op "Noord" is incident "fiets" afgehandeld`, do: (*world).isSettled},
		{kind: given, text: `{persoon} zit aan het scherm`, example: `Pieter zit aan het scherm`, do: (*world).sits},
		{kind: given, text: `{persoon} en {ander} zitten samen aan het scherm`, example: `Pieter en Samira zitten samen aan het scherm`, do: (*world).sits},
		{kind: given, text: `{persoon}, {ander} en {derde} zitten samen aan het scherm`, example: `Pieter, Samira en Karin zitten samen aan het scherm`, do: (*world).sits},
	}
}

// acts are what people, the program and time do.
func acts() []phrase {
	return slices.Concat(looking(), arranging(), appointing(), []phrase{
		{kind: act, text: `{persoon} bij {ander} komt zitten`, example: `Samira bij Pieter komt zitten`, do: (*world).joins},
		{kind: act, text: `{persoon} weggaat`, example: `Samira weggaat`, do: (*world).leaves},
		{kind: act, text: `er {duur} voorbij is`, example: `er 1 dag voorbij is`, do: (*world).passes},
		{kind: act, text: `er {duur} voorbij zijn`, example: `er 6 dagen voorbij zijn`, do: (*world).passes},
		{kind: act, text: `camera {camera} opneemt`, example: `camera "Gang" opneemt`, do: (*world).records},
		{kind: act, text: `{persoon} beelden van camera {camera} laat bewaren voor incident {incident}`, example: `Pieter beelden van camera "Gang" laat bewaren voor incident "fiets"`, do: (*world).holds},
		{kind: act, text: `{persoon} beelden van camera {camera} van {tijd} tot {tot} laat bewaren voor incident {incident}`, example: `Pieter beelden van camera "Gang" van 10:00 tot 10:15 laat bewaren voor incident "fiets"`, do: (*world).holdsFromTo},
		{kind: act, text: `{persoon} beelden van camera {camera} laat bewaren zonder incident`, example: `Pieter beelden van camera "Gang" laat bewaren zonder incident`, do: (*world).holdsForNothing},
		{kind: act, text: `{persoon} beelden van camera {camera} wist`, example: `Wim beelden van camera "Gang" wist`, do: (*world).erases},
		{kind: act, text: `het programma beelden van camera {camera} te vroeg wist`, example: `het programma beelden van camera "Gang" te vroeg wist`, do: (*world).erasesEarly},
		{kind: act, text: `{persoon} op {locatie} incident {incident} vermoedt en meldt`, example: `Pieter op "Noord" incident "fiets" vermoedt en meldt`, do: (*world).reportsSuspicion},
		{kind: act, text: `{persoon} op {locatie} incident {incident} ziet en meldt`, example: `Pieter op "Noord" incident "fiets" ziet en meldt`, do: (*world).reports},
		{kind: act, text: `{persoon} incident {incident} afhandelt`, example: `Pieter incident "fiets" afhandelt`, do: (*world).settles},
		{kind: act, text: `het programma incident {incident} afhandelt`, example: `het programma incident "fiets" afhandelt`, do: (*world).settlesItself},
		{kind: act, text: `{persoon} het logboek leest`, example: `Wim het logboek leest`, do: (*world).consults},
		{kind: act, text: `{persoon} op {locatie} de incidenten leest`, example: `Pieter op "Noord" de incidenten leest`, do: (*world).consultsAt},
	})
}

func looking() []phrase {
	return []phrase{
		{kind: act, text: `{persoon} camera {camera} live bekijkt voor {doel}`, example: `Pieter camera "Gang" live bekijkt voor "veiligheid"`, do: (*world).watches},
		{kind: act, text: `{persoon} camera {camera} live bekijkt zonder doel`, example: `Pieter camera "Gang" live bekijkt zonder doel`, do: (*world).watches},
		{kind: act, text: `{persoon} camera {camera} terugkijkt voor {doel}`, example: `Pieter camera "Gang" terugkijkt voor "veiligheid"`, do: (*world).playsBack},
		{kind: act, text: `{persoon} camera {camera} terugkijkt zonder doel`, example: `Pieter camera "Gang" terugkijkt zonder doel`, do: (*world).playsBack},
		{kind: act, text: `{persoon} camera {camera} terugkijkt voor {doel} bij incident {incident}`, example: `Pieter camera "Gang" terugkijkt voor "incident" bij incident "fiets"`, do: (*world).playsBack},
		{kind: act, text: `{persoon} het beeld sluit`, example: `Pieter het beeld sluit`, do: (*world).closes},
	}
}

func arranging() []phrase {
	return []phrase{
		{kind: act, text: `{persoon} op {locatie} een camera plaatst`, example: `Wim op "Noord" een camera plaatst`, do: (*world).placesCamera},
		{kind: act, text: `{persoon} een camera plaatst buiten elke locatie`, example: `Wim een camera plaatst buiten elke locatie`, do: (*world).placesCameraNowhere},
		{kind: act, text: `{persoon} op {locatie} een bord ophangt`, example: `Wim op "Noord" een bord ophangt`, do: (*world).hangsSign},
		{kind: act, text: `{persoon} een locatie toevoegt`, example: `Wim een locatie toevoegt`, do: (*world).addsSite},
		{kind: act, text: `{persoon} een nieuw reglement vaststelt met een besluit`, example: `Anna een nieuw reglement vaststelt met een besluit`, do: (*world).adopts},
		{kind: act, text: `{persoon} een nieuw reglement vaststelt zonder besluit`, example: `Anna een nieuw reglement vaststelt zonder besluit`, do: (*world).adoptsUndecided},
	}
}

func appointing() []phrase {
	return []phrase{
		{kind: act, text: `{persoon} iemand inschrijft`, example: `Wim iemand inschrijft`, do: (*world).enrols},
		{kind: act, text: `{persoon} {ander} aanwijst als {rol} met een besluit`, example: `Anna Wim aanwijst als beheerder met een besluit`, do: (*world).appoints},
		{kind: act, text: `{persoon} {ander} aanwijst als {rol} zonder besluit`, example: `Anna Wim aanwijst als beheerder zonder besluit`, do: (*world).appointsUndecided},
		{kind: act, text: `{persoon} {ander} op {locatie} aanwijst als {rol}`, example: `Wim Pieter op "Noord" aanwijst als locatiebeheerder`, do: (*world).appointsAt},
		{kind: act, text: `{persoon} de rol {rol} van {ander} intrekt`, example: `Anna de rol beheerder van Wim intrekt`, do: (*world).withdraws},
	}
}

// outcomes are what must have come of it.
func outcomes() []phrase {
	return []phrase{
		{kind: outcome, text: `mag het`, example: `mag het`, do: (*world).wasAllowed},
		{kind: outcome, text: `mag het volgens artikel {artikel}`, example: `mag het volgens artikel 3.5`, do: (*world).wasAllowed},
		{kind: outcome, text: `mag het niet`, example: `mag het niet`, do: (*world).wasRefused},
		{kind: outcome, text: `mag het niet volgens artikel {artikel}`, example: `mag het niet volgens artikel 2.2 en 4.3`, do: (*world).wasRefused},
		{kind: outcome, text: `kan het niet`, example: `kan het niet`, do: (*world).wasInvalid},
		{kind: outcome, text: `zijn er geen beelden meer`, example: `zijn er geen beelden meer`, do: (*world).foundNothing},
		{kind: outcome, text: `stopt het beeld`, example: `stopt het beeld`, do: (*world).wasStopped},
		{kind: outcome, text: `stopt het beeld volgens artikel {artikel}`, example: `stopt het beeld volgens artikel 4.3`, do: (*world).wasStopped},
		{kind: outcome, text: `loopt het beeld door`, example: `loopt het beeld door`, do: (*world).goesOn},
		{kind: outcome, text: `is het beeld van camera {camera} te openen`, example: `is het beeld van camera "Gang" te openen`, do: (*world).canBeOpened},
		{kind: outcome, text: `is het beeld van camera {camera} van {tijd} te openen`, example: `is het beeld van camera "Gang" van 10:05 te openen`, do: (*world).canBeOpened},
		{kind: outcome, text: `is het beeld van camera {camera} gewist`, example: `is het beeld van camera "Gang" gewist`, do: (*world).wasErased},
		{kind: outcome, text: `is het beeld van camera {camera} van {tijd} gewist`, example: `is het beeld van camera "Gang" van 10:05 gewist`, do: (*world).wasErased},
		{kind: outcome, text: `staat er op de schijf geen leesbaar beeld`, example: `staat er op de schijf geen leesbaar beeld`, do: (*world).isSealed},
		{kind: outcome, text: `staat in het logboek: {handeling} {uitkomst}`, example: `staat in het logboek: terugkijken geweigerd`, do: (*world).isLogged},
		{kind: outcome, text: `staat in het logboek: {handeling} {uitkomst}, voor {doel}`, example: `staat in het logboek: terugkijken toegestaan, voor "veiligheid"`, do: (*world).isLoggedFor},
		{kind: outcome, text: `staat in het logboek: {handeling} {uitkomst}, door {persoon}`, example: `staat in het logboek: terugkijken toegestaan, door Pieter`, do: (*world).isLoggedBy},
		{kind: outcome, text: `is {doel} een doel om uit te kiezen`, example: `is "veiligheid" een doel om uit te kiezen`, do: (*world).isPurpose},
		{kind: outcome, text: `is {doel} geen doel om uit te kiezen`, example: `is "gevoel" geen doel om uit te kiezen`, do: (*world).isNoPurpose},
		{kind: outcome, text: `is {persoon} nu {rol}`, example: `is Wim nu beheerder`, do: (*world).isNow},
		{kind: outcome, text: `zit {persoon} nu in het {rol}`, example: `zit Bram nu in het college van bestuur`, do: (*world).isNow},
		{kind: outcome, text: `is {persoon} nu {rol} op {locatie}`, example: `is Pieter nu locatiebeheerder op "Noord"`, do: (*world).isNow},
		{kind: outcome, text: `is {persoon} geen {rol}`, example: `is Wim geen beheerder`, do: (*world).isNot},
		{kind: outcome, text: `geldt het nieuwe reglement meteen`, example: `geldt het nieuwe reglement meteen`, do: (*world).isInForce},
		{kind: outcome, text: `geldt het oude reglement nog`, example: `geldt het oude reglement nog`, do: (*world).isStillInForce},
	}
}
