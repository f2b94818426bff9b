export interface Month {
  number: number
  days: string[]
  /** Seven entries each, Monday first; null outside the month. */
  weeks: (string | null)[][]
}

export function monthsOf(year: number): Month[] {
  return Array.from({ length: 12 }, (_, index) => {
    const length = new Date(Date.UTC(year, index + 1, 0)).getUTCDate()
    const days = Array.from({ length }, (_, day) => new Date(Date.UTC(year, index, day + 1)).toISOString().slice(0, 10))
    const before = (new Date(Date.UTC(year, index, 1)).getUTCDay() + 6) % 7
    const cells: (string | null)[] = [...Array<null>(before).fill(null), ...days]
    while (cells.length % 7 !== 0) cells.push(null)
    return { number: index + 1, days, weeks: Array.from({ length: cells.length / 7 }, (_, w) => cells.slice(w * 7, w * 7 + 7)) }
  })
}
