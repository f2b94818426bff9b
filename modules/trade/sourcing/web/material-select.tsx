import { useQuery } from '@tanstack/react-query'
import { Form, Select } from 'antd'
import { useState } from 'react'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { sourcingQueries } from './queries.ts'

interface Props {
  value?: string
  onChange?: (value: string) => void
  id?: string
  disabled?: boolean
  /** Materials that are chosen already. */
  known: readonly { materialId: string; code: string; name: string; unit: string }[]
  unitField: (string | number)[]
}

/** By part of code, name or pinyin; the unit of the material is filled in. */
export function MaterialSelect(props: Props) {
  const t = useWords('sourcing')
  const locale = useLocale()
  const form = Form.useFormInstance()
  const [search, setSearch] = useState('')
  const found = useQuery({ ...sourcingQueries.materials(search), enabled: !props.disabled }).data ?? []
  const options = new Map<string, { label: string; unit: string }>([
    ...props.known.map((line) => [line.materialId as string, { label: `${line.code} ${line.name}`, unit: line.unit }] as const),
    ...found.map(
      (one) =>
        [
          one.id as string,
          { label: `${one.code} ${nameIn(locale, one.name, one.nameEn)} ${one.specification}`, unit: one.baseUnit },
        ] as const,
    ),
  ])
  return (
    <Select
      {...(props.id ? { id: props.id } : {})}
      disabled={props.disabled ?? false}
      value={props.value ?? null}
      placeholder={t('searchMaterial')}
      showSearch={{ filterOption: false, onSearch: setSearch }}
      options={[...options].map(([value, { label }]) => ({ value, label }))}
      onChange={(value) => {
        props.onChange?.(value as string)
        const unit = options.get(value as string)?.unit
        if (unit) form.setFieldValue(props.unitField, unit)
      }}
    />
  )
}
