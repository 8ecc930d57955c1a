package scenario

import "slices"

// givens are what may be so before anything happens. They are facts, entered
// as such: whether somebody was allowed to bring them about is the business of
// other scenarios.
func givens() []phrase {
	return slices.Concat(givenPeople(), givenPlaces(), givenEvents(), givenPaper())
}

func givenPeople() []phrase {
	return []phrase{
		{text: `{persoon} is {rol}`, example: `Wim is beheerder`, do: (*world).hasRole},
		{text: `{persoon} zit in het {rol}`, example: `Anna zit in het college van bestuur`, do: (*world).hasRole},
		{text: `{persoon} is {rol} op {locatie}`, example: `Pieter is locatiebeheerder op "Noord"`, do: (*world).hasRole},
		{text: `{persoon} heeft geen rol`, example: `Karin heeft geen rol`, do: (*world).hasNoRole},
		{text: `{persoon} heeft geen geheimhouding beloofd`, example: `Pieter heeft geen geheimhouding beloofd`, do: (*world).isNotSworn},
		{text: `niemand is {rol}`, example: `niemand is beheerder`, do: (*world).nobodyIs},
		{text: `niemand is {rol} op {locatie}`, example: `niemand is locatiebeheerder op "Noord"`, do: (*world).nobodyIs},
		{text: `{persoon} vervangt {ander} als {rol}`, example: `Karin vervangt Wim als beheerder`, do: (*world).standsFor},
		{text: `{persoon} vervangt {ander} als {rol} op {locatie}`, example: `Karin vervangt Pieter als locatiebeheerder op "Noord"`, do: (*world).standsFor},
		{text: `{persoon} is afwezig`, example: `Pieter is afwezig`, do: (*world).isAway},
		{text: `{persoon} is ingeschreven als {soort}`, example: `Karin is ingeschreven als "bewoner"`, do: (*world).isEnrolledAs},
		{text: `{persoon} is gemachtigd tot {handeling}`, example: `Karin is gemachtigd tot terugkijken`, do: (*world).isGranted},
		{text: `{persoon} is gemachtigd tot {handeling} met camera {camera}`, example: `Karin is gemachtigd tot terugkijken met camera "Gang"`, do: (*world).isGrantedCamera},
		{text: `{persoon} is gemachtigd tot {handeling} tot {tijd}`, example: `Karin is gemachtigd tot terugkijken tot 15:00`, do: (*world).isGrantedUntil},
		{text: `{persoon} is gemachtigd tot {handeling} voor {doel}`, example: `Karin is gemachtigd tot terugkijken voor "veiligheid"`, do: (*world).isGrantedFor},
		{text: `op {locatie} is {soort} van {tijd} tot {tot}`, example: `op "Noord" is "examen" van 13:00 tot 16:00`, do: (*world).meets},
		{text: `op {locatie} is in {ruimte} {soort} van {tijd} tot {tot}`, example: `op "Noord" is in "Aula" "examen" van 13:00 tot 16:00`, do: (*world).meetsIn},
		{text: `{persoon} heeft dienst bij {soort} op {locatie}`, example: `Karin heeft dienst bij "examen" op "Noord"`, do: (*world).isOnDuty},
		{text: `{persoon} zit aan het scherm`, example: `Pieter zit aan het scherm`, do: (*world).sits},
		{text: `{persoon} en {ander} zitten samen aan het scherm`, example: `Pieter en Samira zitten samen aan het scherm`, do: (*world).sits},
		{text: `{persoon}, {ander} en {derde} zitten samen aan het scherm`, example: `Pieter, Samira en Karin zitten samen aan het scherm`, do: (*world).sits},
	}
}

func givenPlaces() []phrase {
	return []phrase{
		{text: `er is een locatie {locatie}`, example: `er is een locatie "Noord"`, do: (*world).hasSite},
		{text: `op {locatie} hangen geen borden`, example: `op "Noord" hangen geen borden`, do: (*world).hasNoSigns},
		{text: `camera {camera} hangt op {locatie}`, example: `camera "Gang" hangt op "Noord"`, do: (*world).hasCamera},
		{text: `camera {camera} is niet te zien`, example: `camera "Gang" is niet te zien`, do: (*world).isHidden},
		{text: `over camera {camera} gaat geen privacytoets`, example: `over camera "Gang" gaat geen privacytoets`, do: (*world).isNotAssessed},
		{text: `{locatie} is een {soort}`, example: `"Noord" is een "school"`, do: (*world).isKindOfSite},
		{text: `{locatie} heeft {aantal} gebouwen`, example: `"Noord" heeft 3 gebouwen`, do: (*world).hasBuildings},
		{text: `op {locatie} is een {soort} {ruimte}`, example: `op "Noord" is een "hal" "Aula"`, do: (*world).hasRoom},
		{text: `op {locatie} is een ingang {ingang} zonder bord`, example: `op "Noord" is een ingang "Zijdeur" zonder bord`, do: (*world).hasEntrance},
		{text: `op {locatie} is nergens een ingang vastgelegd`, example: `op "Noord" is nergens een ingang vastgelegd`, do: (*world).hasNoEntrances},
		{text: `de opnamen staan in geen vastgelegde ruimte`, example: `de opnamen staan in geen vastgelegde ruimte`, do: (*world).isStoredNowhere},
		{text: `werkplek {werkplek} staat als {soort} in {ruimte} op {locatie}`, example: `werkplek "Balie" staat als "kantoor" in "Aula" op "Noord"`, do: (*world).hasStation},
		{text: `{persoon} zit aan werkplek {werkplek}`, example: `Pieter zit aan werkplek "Balie"`, do: (*world).sitsAt},
		{text: `{persoon} en {ander} zitten samen aan werkplek {werkplek}`, example: `Pieter en Samira zitten samen aan werkplek "Balie"`, do: (*world).sitsAt},
		{text: `camera {camera} hangt in {ruimte} op {locatie}`, example: `camera "Gang" hangt in "Aula" op "Noord"`, do: (*world).hasCameraIn},
		{text: `camera {camera} ziet ook {zicht}`, example: `camera "Gang" ziet ook "openbare weg"`, do: (*world).seesAlso},
		{text: `camera {camera} is gericht op {zicht}`, example: `camera "Gang" is gericht op "werkplek van personeel"`, do: (*world).isAimedAt},
		{text: `van camera {camera} is {zicht} afgedekt`, example: `van camera "Gang" is "openbare weg" afgedekt`, do: (*world).isMasked},
		{text: `camera {camera} kan draaien`, example: `camera "Gang" kan draaien`, do: (*world).canTurn},
		{text: `camera {camera} staat op {wijze}`, example: `camera "Gang" staat op "beweging"`, do: (*world).hasMode},
		{text: `camera {camera} haalt {aantal} pixels per meter`, example: `camera "Gang" haalt 125 pixels per meter`, do: (*world).hasPixels},
		{text: `de klok van camera {camera} loopt {aantal} seconden achter`, example: `de klok van camera "Gang" loopt 3 seconden achter`, do: (*world).isSlow},
	}
}

func givenEvents() []phrase {
	return []phrase{
		{text: `het is {datum}`, example: `het is 2026-10-26`, do: (*world).isDay, before: true},
		{text: `het is {datum} om {tijd}`, example: `het is 2026-10-26 om 09:00`, do: (*world).isDay, before: true},
		{text: `camera {camera} heeft opgenomen`, example: `camera "Gang" heeft opgenomen`, do: (*world).hasRecorded},
		{text: `camera {camera} heeft om {tijd} opgenomen`, example: `camera "Gang" heeft om 10:05 opgenomen`, do: (*world).hasRecorded},
		{text: `op {locatie} is incident {incident} vermoed`, example: `op "Noord" is incident "fiets" vermoed`, do: (*world).isSuspected},
		{text: `op {locatie} is incident {incident} gezien`, example: `op "Noord" is incident "fiets" gezien`, do: (*world).isObserved},
		{text: `op {locatie} is incident {incident} afgehandeld`, example: `op "Noord" is incident "fiets" afgehandeld`, do: (*world).isSettled},
		{text: `op {locatie} is incident {incident} van soort {soort} vermoed`, example: `op "Noord" is incident "fiets" van soort "diefstal" vermoed`, do: (*world).isSuspected},
		{text: `op {locatie} is incident {incident} van soort {soort} gezien`, example: `op "Noord" is incident "fiets" van soort "diefstal" gezien`, do: (*world).isObserved},
		{text: `op {locatie} is bewaarverzoek {incident}`, example: `op "Noord" is bewaarverzoek "val"`, do: (*world).hasRequest},
		{text: `op {locatie} is bewaarverzoek {incident} van {datum}`, example: `op "Noord" is bewaarverzoek "val" van 2026-10-28`, do: (*world).hasRequest},
	}
}

func givenPaper() []phrase {
	return []phrase{
		{text: `over {ding} ligt stuk {stuk} vast`, example: `over camera "Gang" ligt stuk "dpia" vast`, do: (*world).isOnFile},
		{text: `over {ding} ligt geen stuk {stuk} vast`, example: `over de organisatie ligt geen stuk "dpia" vast`, do: (*world).isNotOnFile},
		{text: `stuk {stuk} over {ding} is van {duur} geleden`, example: `stuk "dpia" over locatie "Noord" is van 13 maanden geleden`, do: (*world).isOld},
		{text: `het programma kan {functie}`, example: `het programma kan "geluid"`, do: (*world).canDo, before: true},
		{text: `bij de vaststelling is {keuze} gekozen`, example: `bij de vaststelling is "beheerder_kijkt.ja" gekozen`, do: (*world).isChosen, before: true},
		{text: `{raad} stemt niet in met het nieuwe reglement`, example: `de ondernemingsraad stemt niet in met het nieuwe reglement`, do: (*world).isAgainst},
		{text: `het nieuwe reglement is niet bekendgemaakt`, example: `het nieuwe reglement is niet bekendgemaakt`, do: (*world).isNotAnnounced},
		{text: `de tekst verandert na de instemming`, example: `de tekst verandert na de instemming`, do: (*world).isRewritten},
		{text: `artikel {artikel} is geschorst door de rechter`, example: `artikel {artikel} is geschorst door de rechter`, do: (*world).isSuspended, before: true},
	}
}
