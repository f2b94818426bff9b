import { createContext, useContext } from 'react'

/** What the pages know of the person who is signed in (the session of the access contract, as far as every page needs it). */
export interface PageSession {
  person: { id: string; login: string; displayName: string; mustChangePassword: boolean }
  organisation: { id: string; code: string; name: string; nameEn: string | null; kind: string; demo: boolean; sandbox: boolean }
  memberships: { orgId: string; name: string; nameEn: string | null }[]
  permissions: string[]
  roles: string[]
  csrfToken: string
  locale: 'zh-CN' | 'en-US'
}

export const SessionContext = createContext<PageSession | null>(null)

export function useSession(): PageSession {
  const session = useContext(SessionContext)
  if (!session) throw new Error('This page stands outside the session')
  return session
}

export const mayDo = (session: PageSession, permission: string): boolean =>
  permission === 'signedIn' || permission === 'public' || session.permissions.includes(permission)

/** Whether the person has a permission, as `devices.manage`. */
export const useCan = (permission: string): boolean => mayDo(useSession(), permission)
