package calendar

import "time"

// holidayRules names what holiday computes. Change it when the law changes,
// so that calendars get another hash.
const holidayRules = "Algemene termijnenwet, as of 27 April 2014"

// Holiday returns the Dutch name of the public holiday that d is, or "".
func Holiday(d Date) string { return holiday(d) }

// holiday returns the Dutch name of the public holiday that d is, or "". These
// are the days of the Algemene termijnenwet, those that it equates with them
// included: 5 May is one every year, and Good Friday counts as one. Easter Sunday and
// Whit Sunday aren't in it, because no Sunday needs to be.
func holiday(d Date) string {
	year, month, day := d.Civil()
	switch {
	case month == time.January && day == 1:
		return "Nieuwjaarsdag"
	case d == kingsDay(year):
		return "Koningsdag"
	case month == time.May && day == 5:
		return "Bevrijdingsdag"
	case month == time.December && day == 25:
		return "eerste kerstdag"
	case month == time.December && day == 26:
		return "tweede kerstdag"
	}
	switch d - easter(year) {
	case -2:
		return "Goede Vrijdag"
	case 1:
		return "tweede paasdag"
	case 39:
		return "Hemelvaartsdag"
	case 50:
		return "tweede pinksterdag"
	}
	return ""
}

// kingsDay is 27 April, or the day before when that is a Sunday.
func kingsDay(year int) Date {
	d := NewDate(year, time.April, 27)
	if d.Weekday() == time.Sunday {
		return d - 1
	}
	return d
}

// easter returns Easter Sunday: the first Sunday after the full moon that the
// church reckons on or after 21 March.
func easter(year int) Date {
	place := year % 19 // in the cycle after which the moon is back on the same dates
	century := year / 100
	leapsLeftOut := century - century/4   // by the calendar, since its beginning
	cycleTooSlow := (8*century + 13) / 25 // the cycle's own error, a day in some 312 years
	moon := (19*place + leapsLeftOut - cycleTooSlow + 15) % 30
	if moon == 29 || moon == 28 && place > 10 {
		moon-- // so that no two years of a cycle share a date
	}
	full := NewDate(year, time.March, 21+moon)
	return full + 7 - Date(full.Weekday())
}
