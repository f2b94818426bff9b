import { useQueryClient } from '@tanstack/react-query'

/** Does something with the programme and fetches anew what shows it, also when it failed: somebody else may have changed it. */
export function useChange() {
  const client = useQueryClient()
  return async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } finally {
      await client.invalidateQueries({ queryKey: ['programme'] })
    }
  }
}
