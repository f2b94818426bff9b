/** `D100`; undefined when it is no address. */
export function parseAddress(text: string): number | undefined {
  const [, digits] = /^d(\d{1,5})$/i.exec(text.trim()) ?? []
  return digits === undefined ? undefined : Number(digits)
}

export const formatAddress = (address: number): string => `D${address}`
