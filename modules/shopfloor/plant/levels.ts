/** The equipment hierarchy of IEC 62264-1:2013 §5.3 (ISA-95): enterprise, site, area (workshop), work center (line), work unit (cell), equipment. */
export const levels = ['enterprise', 'site', 'workshop', 'line', 'cell', 'equipment'] as const
export type Level = (typeof levels)[number]

/** What may stand directly below what. A small supplier has lines without workshops and machines without lines, never a site without its enterprise. */
const below: Record<Level, readonly Level[]> = {
  enterprise: ['site'],
  site: ['workshop', 'line', 'cell', 'equipment'],
  workshop: ['line', 'cell', 'equipment'],
  line: ['cell', 'equipment'],
  cell: ['equipment'],
  equipment: [],
}

/** Levels that may stand below one; below nothing stands the enterprise alone. */
export const allowedBelow = (parent: Level | null): readonly Level[] => (parent === null ? ['enterprise'] : below[parent])
