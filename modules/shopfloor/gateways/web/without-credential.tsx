import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { useCan } from '#ui/session.ts'
import { gatewayQueries } from './queries.ts'

/** A device without a credential can send nothing itself; one that a gateway reads need not. */
export function Component({ deviceId, warning }: { deviceId: string; warning: ReactNode }) {
  return useCan('gateways.read') ? <ReadOrWarned deviceId={deviceId} warning={warning} /> : warning
}

function ReadOrWarned({ deviceId, warning }: { deviceId: string; warning: ReactNode }) {
  const t = useWords('gateways')
  const locale = useLocale()
  const { data, isPending } = useQuery(gatewayQueries.connection(deviceId))
  if (isPending) return null
  if (!data?.connection) return warning
  const { name, nameEn } = data.connection.gateway
  return <p className="ls-quiet">{t('readByGateway', { name: nameIn(locale, name, nameEn) })}</p>
}
