import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { sharingQueries } from './queries.ts'

interface Choice {
  value: string
  label: string
}

/** A partner with a relation in force, with its name: what is confirmed names it. */
export function PartnerSelect({ value, onChange, id }: { value?: Choice; onChange?: (partner: Choice) => void; id?: string }) {
  const t = useWords('sharing')
  const locale = useLocale()
  const [search, setSearch] = useState('')
  const partners = useQuery(sharingQueries.partners(search))
  const options = (partners.data ?? []).map((relation) => ({
    value: relation.partnerId as string,
    label: nameIn(locale, relation.partnerName, relation.partnerNameEn),
  }))
  const named = options.find((option) => option.value === value?.value)
  // The address names a partner by its id alone.
  useEffect(() => {
    if (value && value.label === '' && named) onChange?.(named)
  }, [value, named, onChange])
  return (
    <Select
      id={id ?? 'partner'}
      labelInValue
      value={value && value.label !== '' ? value : null}
      onChange={(choice) => onChange?.({ value: choice.value, label: String(choice.label) })}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      loading={partners.isFetching}
      options={options}
      notFoundContent={t('form.noPartners')}
    />
  )
}
