import { Select } from 'antd'
import { useEffect, useState } from 'react'
import { useWords } from '#ui/i18n.ts'
import { type PartnerChoice, usePartners } from '#ui/partner-select.tsx'

/** A partner with a relation in force, with its name: what is confirmed names it. */
export function PartnerSelect({
  value,
  onChange,
  id,
}: {
  value?: PartnerChoice
  onChange?: (partner: PartnerChoice) => void
  id?: string
}) {
  const t = useWords('sharing')
  const [search, setSearch] = useState('')
  const { partners: options, isFetching } = usePartners({}, search)
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
      loading={isFetching}
      options={options}
      notFoundContent={t('form.noPartners')}
    />
  )
}
