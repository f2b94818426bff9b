import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { type ReactNode, useState } from 'react'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import type { LinkId } from '../contract.ts'
import { gatewayQueries } from './queries.ts'

export interface ChosenLink {
  id: LinkId
  name: string
}

/** Which gateway, then which of its links of a protocol; `children`: what is done with it. */
export function LinkBar(props: {
  protocol: string
  enabled?: boolean
  className?: string
  onChoose: (link: ChosenLink | undefined) => void
  children: ReactNode
}) {
  const { protocol, enabled = true, className = '', onChoose } = props
  const t = useWords('gateways')
  const locale = useLocale()
  const [where, setWhere] = useState<{ gateway?: string; link?: string }>({})
  const gateways = useQuery({ ...gatewayQueries.gatewayChoices, enabled })
  const gateway = useQuery({ ...gatewayQueries.gateway(where.gateway ?? ''), enabled: where.gateway !== undefined })
  const links = (gateway.data?.linkList ?? []).filter((link) => link.protocol === protocol)
  const choose = (chosen: typeof where) => {
    setWhere(chosen)
    onChoose(links.find(({ id }) => id === chosen.link))
  }
  return (
    <div className={`gw-bar gw-bar-fields ${className}`}>
      <Form.Item label={t('gateway')} layout="vertical">
        <Select
          aria-label={t('gateway')}
          style={{ minWidth: 200 }}
          value={where.gateway}
          onChange={(value: string) => choose({ gateway: value })}
          options={(gateways.data?.items ?? []).map((g) => ({ value: g.id as string, label: nameIn(locale, g.name, g.nameEn) }))}
        />
      </Form.Item>
      <Form.Item label={t('link')} layout="vertical">
        <Select
          aria-label={t('link')}
          style={{ minWidth: 200 }}
          value={where.link}
          onChange={(value: string) => choose({ ...where, link: value })}
          options={links.map((link) => ({ value: link.id as string, label: link.name }))}
        />
      </Form.Item>
      <Form.Item label=" " layout="vertical" colon={false}>
        {props.children}
      </Form.Item>
    </div>
  )
}
