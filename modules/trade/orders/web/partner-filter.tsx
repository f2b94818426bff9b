import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import type { Side } from '../order-states.ts'
import { orderQueries } from './queries.ts'

interface Props {
  /** The own side: a buyer chooses among suppliers. */
  side: Side
  value: string | undefined
  onChange?: (id: string | undefined) => void
  id?: string
  placeholder?: string
}

export function PartnerFilter({ side, value, onChange, id, placeholder }: Props) {
  const t = useWords('orders')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const partners = useQuery(orderQueries.partners(side, search))
  const label = t(side === 'buyer' ? 'list.supplier' : 'list.customer')
  return (
    <Select
      className="orders-partner"
      {...(id ? { id } : { 'aria-label': label })}
      allowClear
      placeholder={placeholder ?? label}
      value={value ?? null}
      onChange={(chosen) => onChange?.(chosen ?? undefined)}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={partners.isFetching}
      options={(partners.data ?? []).map((relation) => ({
        value: relation.partnerId as string,
        label: nameIn(locale, relation.partnerName, relation.partnerNameEn),
      }))}
    />
  )
}
