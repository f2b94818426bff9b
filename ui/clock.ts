import { useEffect, useState } from 'react'

/** The one wall clock of the pages. */
export const nowMs = (): number => Date.now()

/** The present instant, renewed every `intervalMs`, for ages and countdowns on a page. */
export function useNow(intervalMs = 1000): number {
  const [now, setNow] = useState(nowMs)
  useEffect(() => {
    const timer = setInterval(() => setNow(nowMs()), intervalMs)
    return () => clearInterval(timer)
  }, [intervalMs])
  return now
}
