import { useEffect } from 'react'

const RETRY_MS = 15_000

/** Runs at once, when the network is back and now and then: sends what this device keeps, as long as the page is open. */
export function useRetried(send: () => Promise<void>): void {
  useEffect(() => {
    const run = () => void send()
    run()
    const timer = setInterval(run, RETRY_MS)
    addEventListener('online', run)
    return () => {
      clearInterval(timer)
      removeEventListener('online', run)
    }
  }, [send])
}
