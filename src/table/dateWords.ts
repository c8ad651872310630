/**
 * Words in dates: months, weekdays and what is passed over, in English, German, French, Spanish, Italian, Portuguese, Dutch,
 * Danish, Norwegian, Swedish, Finnish, Polish, Czech, Hungarian, Romanian, Turkish, Indonesian and Russian.
 */

/** Without marks over letters: also in the case that dates have, as in 5 maja. */
const MONTHS = [
  "january januar januari janvier enero gennaio janeiro tammikuu styczen stycznia leden ledna ianuarie ocak",
  "february februar februari fevrier febrero febbraio fevereiro helmikuu luty lutego unor unora februarie subat pebruari",
  "march marz mrz maerz mars marts maart mrt marzo marco maaliskuu marzec marca brezen brezna marcius martie mart maret",
  "april avril abril aprile huhtikuu kwiecien kwietnia duben dubna aprilis aprilie nisan",
  "may mai mayo maggio maio mei maj maja toukokuu kveten kvetna majus mayis",
  "june juni juin junio giugno junho kesakuu czerwiec czerwca cerven cervna junius iunie haziran",
  "july juli juillet julio luglio julho heinakuu lipiec lipca cervenec cervence julius iulie temmuz",
  "august augustus augusti aout agosto elokuu sierpien sierpnia srpen srpna augusztus agustos agustus",
  "september septembre septiembre settembre setembro setiembre syyskuu wrzesien wrzesnia zari szeptember septembrie eylul",
  "october oktober octobre octubre ottobre outubro lokakuu pazdziernik pazdziernika rijen rijna octombrie ekim",
  "november novembre noviembre novembro marraskuu listopad listopada listopadu noiembrie kasim",
  "december dezember decembre diciembre dicembre dezembro desember joulukuu grudzien grudnia prosinec prosince decembrie aralik",
].map(list => list.split(" "));

/** The stems of those in Russian */
const RUSSIAN = "январ феврал март апрел ма июн июл август сентябр октябр ноябр декабр".split(" ");

const INITIALS = "JFMAMJJASOND";
/** Three months in a row by their initials, as in NOAA's tables, in the order of the month between them: DJF, JFM, … */
const SEASONS = Array.from(INITIALS, (_, i) => `${INITIALS.at(i - 1)}${INITIALS[i]}${INITIALS[(i + 1) % 12]}`);

/** The season that a text names, of which the month between is meant. */
export const seasonIn = (text: string): string | undefined =>
  text.split(/[^A-Z]+/i).find(word => SEASONS.includes(word));

const PASSED_OVER = new Set(
  (
    "mon monday tue tues tuesday wed wednesday thu thur thurs thursday fri friday sat saturday sun sunday " +
    "mo di mi do fr sa so montag dienstag mittwoch donnerstag freitag samstag sonnabend sonntag " +
    "lun mer jeu ven sam dim lundi mardi mercredi jeudi vendredi samedi dimanche " +
    "lunes martes miercoles jueves viernes sabado domingo mie jue vie sab dom " +
    "lunedi martedi mercoledi giovedi venerdi sabato domenica gio segunda terca quarta quinta sexta feira " +
    "ma wo vr za zo maandag dinsdag woensdag donderdag vrijdag zaterdag zondag " +
    "mandag tirsdag onsdag torsdag fredag lordag sondag tisdag " +
    "st nd rd th of de den del um uhr er re eme at klo kl om fy"
  ).split(" "),
);

const QUARTER = /^(quartal|quarter|qtr|trimestre|trimester|kwartaal|kvartal|kwartal)$/;
const WEEK = /^(kw|week|wk|woche|kalenderwoche|semaine|sem|semana|settimana)$/;

type Meaning = number | "filling" | "quarter" | "week" | undefined;

const known = new Map<string, Meaning>();

/** 1 to 12 for a month, in full or its first three letters and more, or a season's middle; "filling" for a weekday; what numbers beside it are; undefined for other words. */
export function meaningOf(word: string): Meaning {
  if (known.has(word)) return known.get(word);
  const plain = word
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[ıłø]/g, letter => ({ ı: "i", ł: "l", ø: "o" })[letter] ?? "");
  const season = SEASONS.indexOf(word);
  const month =
    season >= 0
      ? season
      : plain.length < 3
        ? -1
        : plain[0] < "\u0400"
          ? MONTHS.findIndex(names => names.some(name => name.startsWith(plain)))
          : RUSSIAN.findIndex(stem => stem.startsWith(plain) || plain.startsWith(stem));
  const span = QUARTER.test(plain) ? "quarter" : WEEK.test(plain) ? "week" : undefined;
  const meaning = PASSED_OVER.has(plain) ? "filling" : month < 0 ? span : month + 1;
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
