// Times as people say them: relative up to a day, then days; in the language of the reader.
import { language, t } from "../words";

const MINUTE = 60_000;

/** "还剩 3 小时 20 分": how long until an instant, or how late. Milliseconds. */
export function timeLeft(due: string | null, now: number): string {
  if (!due) return t("timeNone");
  const left = Date.parse(due) - now;
  const minutes = Math.floor(Math.abs(left) / MINUTE);
  const [d, h, m] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  return t(left < 0 ? "timeLate" : "timeLeft", { span: spanOf(d, h, m) });
}

/** The two largest units, the second only where there is some of it. */
function spanOf(d: number, h: number, m: number): string {
  if (d) return h ? t("spanDaysHours", { d, h }) : t("spanDays", { d });
  if (h) return m ? t("spanHoursMinutes", { h, m }) : t("spanHours", { h });
  return t("spanMinutes", { m });
}

/** Milliseconds as "45 分钟", "1 小时 20 分". */
export function span(length: number): string {
  const minutes = Math.max(1, Math.round(length / MINUTE));
  return spanOf(Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60);
}

/** Late, soon (within two hours) or neither: how a limit is drawn. */
export function urgency(due: string | null, now: number): "late" | "soon" | "" {
  if (!due) return "";
  const left = Date.parse(due) - now;
  return left < 0 ? "late" : left < 120 * MINUTE ? "soon" : "";
}

/** "今天 14:05", "昨天 09:30", else the date. */
export function moment(at: string, now: number): string {
  const then = new Date(at);
  const locale = language.value === "en" ? "en-GB" : "zh-CN";
  const time = then.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });
  const days = Math.round((midnight(now) - midnight(then.getTime())) / 86_400_000);
  if (days === 0) return t("today", { time });
  if (days === 1) return t("yesterday", { time });
  return `${then.toLocaleDateString(locale, { month: "short", day: "numeric" })} ${time}`;
}

/** "120 米", "1.4 公里". */
export function away(metres: number): string {
  if (metres < 1000) return t("away", { m: Math.round(metres / 10) * 10 });
  return t("awayKm", { km: (metres / 1000).toFixed(1) });
}

/** Metres between two places, good enough for a district. */
export function apart(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const shrink = Math.cos((((a.lat + b.lat) / 2) * Math.PI) / 180);
  return 111_320 * Math.hypot(a.lat - b.lat, (a.lon - b.lon) * shrink);
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
