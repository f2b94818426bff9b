import type { OrgId } from '#values/ids.ts'

/** What organisations use of the platform, for its operator. A module declares what it knows; numbers only, never contents. */
export interface UsageSource {
  /** `valuesPerS`: stored values a second, mean of the last whole hour; `users`: people who may log in; `lastValueMs`: when the last value came. */
  name: UsageName
  /** As the system role; organisations without any are left out. */
  read(orgIds: readonly OrgId[], now: Date): Promise<Map<OrgId, number>>
}

export const usageNames = ['valuesPerS', 'users', 'lastValueMs'] as const
export type UsageName = (typeof usageNames)[number]
