/** Words in dates: months in English, German, French, Spanish, Italian, Portuguese and Dutch, and what is passed over. */

const MONTHS = [
  "january januar januari janvier enero gennaio janeiro",
  "february februar februari fevrier febrero febbraio fevereiro",
  "march marz mrz maerz mars maart marzo marco",
  "april avril abril aprile",
  "may mai mayo maggio maio mei maj",
  "june juni juin junio giugno junho",
  "july juli juillet julio luglio julho",
  "august augustus aout agosto",
  "september septembre septiembre settembre setembro",
  "october oktober octobre octubre ottobre outubro",
  "november novembre noviembre novembro",
  "december dezember decembre diciembre dicembre dezembro",
].map(list => list.split(" "));

const PASSED_OVER =
  /^(mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(day)?$|^(mo|di|mi|do|fr|sa|so|(mon|diens|donners|frei|sams|sonn)tag|mittwoch)$|^(lun|mer|jeu|ven|sam|dim|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)$|^(st|nd|rd|th|of|de|den|del|um|uhr|er|re|eme)$/;

const QUARTER = /^(quartal|quarter|qtr|trimestre|trimester|kwartaal)$/;
const WEEK = /^(kw|week|wk|woche|kalenderwoche|semaine|sem|semana|settimana)$/;

type Meaning = number | "filling" | "quarter" | "week" | undefined;

const known = new Map<string, Meaning>();

/** 1 to 12 for a month, in full or its first three letters and more; "filling" for a weekday; what numbers beside it are; undefined for other words. */
export function meaningOf(word: string): Meaning {
  if (known.has(word)) return known.get(word);
  const plain = word
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase();
  const month = plain.length < 3 ? -1 : MONTHS.findIndex(names => names.some(name => name.startsWith(plain)));
  const span = QUARTER.test(plain) ? "quarter" : WEEK.test(plain) ? "week" : undefined;
  const meaning = PASSED_OVER.test(plain) ? "filling" : month < 0 ? span : month + 1;
  if (known.size < 500) known.set(word, meaning);
  return meaning;
}

/** Minutes east of UTC of zones by their letters, of those that mean one thing in tables of measurements. */
const ZONES: Readonly<Record<string, number>> = Object.fromEntries(
  (
    "utc 0 gmt 0 wet 0 west 60 bst 60 cet 60 mez 60 cest 120 mesz 120 eet 120 eest 180 msk 180 ist 330 jst 540 kst 540 aest 600 " +
    "aedt 660 nzst 720 nzdt 780 est -300 edt -240 cst -360 cdt -300 mst -420 mdt -360 pst -480 pdt -420 akst -540 akdt -480 hst -600"
  )
    .split(/ (?=[a-z])/)
    .map(pair => pair.split(" "))
    .map(([name, minutes]) => [name, Number(minutes)]),
);

export const zoneOf = (word: string): number | undefined => ZONES[word.toLowerCase()];
