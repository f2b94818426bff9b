import { useQueryClient } from '@tanstack/react-query'

/** Runs a change, then fetches what the device pages show anew. */
export function useChange() {
  const client = useQueryClient()
  return async <T>(work: () => Promise<T>): Promise<T> => {
    const done = await work()
    await client.invalidateQueries({ queryKey: ['devices'] })
    return done
  }
}
