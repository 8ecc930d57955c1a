package scenario

import "slices"

// outcomes are what must have come of it.
func outcomes() []phrase {
	return slices.Concat(said(), shown(), standing())
}

// said is what the law said.
func said() []phrase {
	return []phrase{
		{text: `mag het`, example: `mag het`, do: (*world).wasAllowed},
		{text: `mag het volgens artikel {artikel}`, example: `mag het volgens artikel {artikel}`, do: (*world).wasAllowed},
		{text: `mag het niet`, example: `mag het niet`, do: (*world).wasRefused},
		{text: `mag het niet volgens artikel {artikel}`, example: `mag het niet volgens artikel {artikel} en {artikel}`, do: (*world).wasRefused},
		{text: `kan het niet`, example: `kan het niet`, do: (*world).wasInvalid},
		{text: `zijn er geen beelden meer`, example: `zijn er geen beelden meer`, do: (*world).foundNothing},
		{text: `staat in het logboek: {handeling} {uitkomst}`, example: `staat in het logboek: terugkijken geweigerd`, do: (*world).isLogged},
		{text: `staat in het logboek: {handeling} {uitkomst}, voor {doel}`, example: `staat in het logboek: terugkijken toegestaan, voor "veiligheid"`, do: (*world).isLoggedFor},
		{text: `staat in het logboek: {handeling} {uitkomst}, door {persoon}`, example: `staat in het logboek: terugkijken toegestaan, door Pieter`, do: (*world).isLoggedBy},
		{text: `zou {persoon} beelden van camera {camera} mogen uitgeven voor {doel}`, example: `zou Pieter beelden van camera "Gang" mogen uitgeven voor "incident"`, do: (*world).mayRelease},
		{text: `zou {persoon} beelden van camera {camera} mogen uitgeven voor {doel} bij incident {incident}`, example: `zou Pieter beelden van camera "Gang" mogen uitgeven voor "incident" bij incident "fiets"`, do: (*world).mayRelease},
		{text: `zou {persoon} beelden van camera {camera} niet mogen uitgeven voor {doel}`, example: `zou Pieter beelden van camera "Gang" niet mogen uitgeven voor "nieuws"`, do: (*world).mayNotRelease},
		{text: `zou {persoon} beelden van camera {camera} niet mogen uitgeven voor {doel} volgens artikel {artikel}`, example: `zou Pieter beelden van camera "Gang" niet mogen uitgeven voor "nieuws" volgens artikel {artikel}`, do: (*world).mayNotReleaseBy},
		{text: `zou {persoon} beelden van camera {camera} niet mogen uitgeven volgens artikel {artikel}`, example: `zou Pieter beelden van camera "Gang" niet mogen uitgeven volgens artikel {artikel}`, do: (*world).mayNotReleaseAtAll},
		{text: `waarschuwt artikel {artikel}`, example: `waarschuwt artikel {artikel}`, do: (*world).warns},
		{text: `waarschuwt geen artikel`, example: `waarschuwt geen artikel`, do: (*world).warnsNot},
		{text: `noemt het programma wat helpt: {tekst}`, example: `noemt het programma wat helpt: "aanwezigen"`, do: (*world).namesWhatHelps},
	}
}

// shown is what there is to see, and what isn't.
func shown() []phrase {
	return []phrase{
		{text: `stopt het beeld`, example: `stopt het beeld`, do: (*world).wasStopped},
		{text: `stopt het beeld volgens artikel {artikel}`, example: `stopt het beeld volgens artikel {artikel}`, do: (*world).wasStopped},
		{text: `loopt het beeld door`, example: `loopt het beeld door`, do: (*world).goesOn},
		{text: `is het beeld van camera {camera} te openen`, example: `is het beeld van camera "Gang" te openen`, do: (*world).canBeOpened},
		{text: `is het beeld van camera {camera} van {tijd} te openen`, example: `is het beeld van camera "Gang" van 10:05 te openen`, do: (*world).canBeOpened},
		{text: `is het beeld van camera {camera} gewist`, example: `is het beeld van camera "Gang" gewist`, do: (*world).wasErased},
		{text: `is het beeld van camera {camera} van {tijd} gewist`, example: `is het beeld van camera "Gang" van 10:05 gewist`, do: (*world).wasErased},
		{text: `staat er op de schijf geen leesbaar beeld`, example: `staat er op de schijf geen leesbaar beeld`, do: (*world).isSealed},
		{text: `is er geen geluid bij`, example: `is er geen geluid bij`, do: (*world).isSilent},
		{text: `heeft camera {camera} iets opgenomen`, example: `heeft camera "Gang" iets opgenomen`, do: (*world).sawSomething},
		{text: `heeft camera {camera} van {duur} voor de beweging tot {na} erna opgenomen`, example: `heeft camera "Gang" van 10 seconden voor de beweging tot 30 seconden erna opgenomen`, do: (*world).keptAround},
		{text: `heeft camera {camera} niets opgenomen`, example: `heeft camera "Gang" niets opgenomen`, do: (*world).sawNothing},
		{text: `staan beelden van camera {camera} vast voor incident {incident}`, example: `staan beelden van camera "Gang" vast voor incident "val"`, do: (*world).isHeld},
		{text: `staan beelden van camera {camera} niet vast voor incident {incident}`, example: `staan beelden van camera "Gang" niet vast voor incident "val"`, do: (*world).isNotHeld},
	}
}

// standing is what is so now.
func standing() []phrase {
	return []phrase{
		{text: `is {doel} een doel om uit te kiezen`, example: `is "veiligheid" een doel om uit te kiezen`, do: (*world).isPurpose},
		{text: `is {doel} geen doel om uit te kiezen`, example: `is "gevoel" geen doel om uit te kiezen`, do: (*world).isNoPurpose},
		{text: `is {persoon} nu {rol}`, example: `is Wim nu beheerder`, do: (*world).isNow},
		{text: `zit {persoon} nu in het {rol}`, example: `zit Bram nu in het college van bestuur`, do: (*world).isNow},
		{text: `is {persoon} nu {rol} op {locatie}`, example: `is Pieter nu locatiebeheerder op "Noord"`, do: (*world).isNow},
		{text: `is {persoon} geen {rol}`, example: `is Wim geen beheerder`, do: (*world).isNot},
		{text: `geldt het nieuwe reglement meteen`, example: `geldt het nieuwe reglement meteen`, do: (*world).isInForce},
		{text: `geldt het nieuwe reglement`, example: `geldt het nieuwe reglement`, do: (*world).isForced},
		{text: `geldt het oude reglement nog`, example: `geldt het oude reglement nog`, do: (*world).isStillInForce},
		{text: `loopt de termijn {termijn} voor iets van {datum} tot en met {dag}`, example: `loopt de termijn "bewaarverzoek" voor iets van 2026-11-02 tot en met 2026-11-16`, do: (*world).endsOn},
		{text: `loopt de termijn {termijn} voor iets van {datum} om {tijd} tot {dag} om {tot}`, example: `loopt de termijn "melding" voor iets van 2026-11-02 om 14:00 tot 2026-11-05 om 14:00`, do: (*world).endsAt},
		{text: `moet op bewaarverzoek {incident} uiterlijk {datum} zijn besloten`, example: `moet op bewaarverzoek "val" uiterlijk 2026-11-16 zijn besloten`, do: (*world).mustBeDecided},
		{text: `staat op het bord van {locatie}: {tekst}`, example: `staat op het bord van "Noord": "Cameratoezicht"`, do: (*world).isOnSign},
		{text: `staat in het verwerkingsregister: {tekst}`, example: `staat in het verwerkingsregister: "gerechtvaardigd belang"`, do: (*world).isInRegister},
		{text: `staat bij de begrippen: {tekst}`, example: `staat bij de begrippen: "cameratoezicht"`, do: (*world).isExplained},
		{text: `staat op de openbare bladzijde: {tekst}`, example: `staat op de openbare bladzijde: "bewaartermijn"`, do: (*world).isPublic},
		{text: `gaat de controlelijst van camera {camera} over artikel {artikel}`, example: `gaat de controlelijst van camera "Gang" over artikel {artikel}`, do: (*world).isOnChecklist},
		{text: `is op de controlelijst van camera {camera} alles in orde`, example: `is op de controlelijst van camera "Gang" alles in orde`, do: (*world).isReady},
		{text: `kan het programma geen {functie}`, example: `kan het programma geen "gezichtsherkenning"`, do: (*world).cannot},
		{text: `verschijnt bij incident {incident} dat het samen moet worden bekeken`, example: `verschijnt bij incident "val" dat het samen moet worden bekeken`, do: (*world).waitsForTwo},
		{text: `hoeft incident {incident} niet meer samen te worden bekeken`, example: `hoeft incident "val" niet meer samen te worden bekeken`, do: (*world).waitsForNobody},
		{text: `is wat er eerder gebeurde beoordeeld naar de oude tekst`, example: `is wat er eerder gebeurde beoordeeld naar de oude tekst`, do: (*world).keptLaw},
	}
}
