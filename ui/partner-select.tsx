import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useState } from 'react'
import { nameIn, useLocale, useWords } from './i18n.ts'
import { allPages, type PartnerQuery } from './module-pages.ts'

export interface PartnerChoice {
  value: string
  label: string
}

/** Partners with a relation in force, each once, found by a part of the name; of thousands only those that fit are fetched. */
export function usePartners(query: Omit<PartnerQuery, 'search'>, search: string): { partners: PartnerChoice[]; isFetching: boolean } {
  const locale = useLocale()
  const { data, isFetching } = useQuery({
    queryKey: ['organisations', 'relations', 'partnerOptions', query, search],
    queryFn: ({ signal }) =>
      allPages()
        .find((page) => page.partnerOptions)
        ?.partnerOptions?.({ ...query, search }, signal) ?? [],
    placeholderData: (before) => before,
  })
  const partners = (data ?? []).map(({ orgId, name, nameEn }) => ({ value: orgId, label: nameIn(locale, name, nameEn) }))
  return { partners, isFetching }
}

interface Props {
  /** The own side: a buyer chooses among his suppliers. Without one every relation counts, of whatever kind. */
  side?: 'buyer' | 'supplier'
  value?: string | undefined
  onChange?: (orgId: string | undefined, name?: string) => void
  id?: string
  /** Where no form's label stands beside it. */
  label?: string
  placeholder?: string
  allowClear?: boolean
  className?: string
}

/** One partner that delivers to us, or that we deliver to. */
export function PartnerSelect({ side, value, onChange, id, label, placeholder, allowClear = false, className }: Props) {
  const t = useWords()
  const [search, setSearch] = useState('')
  const [chosen, setChosen] = useState<PartnerChoice>()
  const { partners, isFetching } = usePartners(side ? { side, kind: 'supply' } : {}, search)
  // An id that came by the address has no name until its partner is among those fetched; nobody reads ids.
  const named = partners.find((one) => one.value === value) ?? (chosen?.value === value ? chosen : undefined)
  return (
    <Select
      {...(className === undefined ? {} : { className })}
      {...(id === undefined ? { 'aria-label': label } : { id })}
      allowClear={allowClear}
      {...(placeholder === undefined ? {} : { placeholder })}
      labelInValue
      value={named ?? null}
      onChange={(choice: PartnerChoice | null | undefined) => {
        setChosen(choice ?? undefined)
        onChange?.(choice?.value, choice ? String(choice.label) : undefined)
      }}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={isFetching}
      options={partners}
      notFoundContent={t('ui:noPartners')}
    />
  )
}
