interface Drawing {
  id: string
  kind: string
  name: string
  effective_from: string | null
}

/** Of each drawing the revision that began last, today or before; later ones wait, earlier ones are history. */
export function currentDrawings(documents: readonly Drawing[], today: string): Set<string> {
  const newest = new Map<string, Drawing>()
  for (const one of documents) {
    if (one.kind !== 'drawing' || one.effective_from === null || one.effective_from > today) continue
    const key = one.name.toLowerCase()
    const before = newest.get(key)?.effective_from
    if (before == null || one.effective_from > before) newest.set(key, one)
  }
  return new Set([...newest.values()].map((one) => one.id))
}
