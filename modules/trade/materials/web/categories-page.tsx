import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { App, Button, Checkbox, Form, Input, Select, Space } from 'antd'
import { useState } from 'react'
import { Link } from 'react-router'
import { call } from '#ui/api.ts'
import { EditDrawer } from '#ui/form.tsx'
import { formatText } from '#ui/format.ts'
import { nameIn, useLocale, useWords } from '#ui/i18n.ts'
import { Loaded, Notice, Page, Section } from '#ui/page.tsx'
import { useCan } from '#ui/session.ts'
import type { Attribute } from '../attributes.ts'
import { type Category, type CategoryId, materialsApi } from '../contract.ts'
import { categoryOptions, materialQueries, useChange } from './queries.ts'
import './materials.css'

export function Component() {
  const t = useWords('materials')
  const canManage = useCan('materials.manage')
  const [edited, setEdited] = useState<Category | 'new'>()
  const query = useQuery(materialQueries.categories)
  const add = canManage && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('categories.add')}
    </Button>
  )
  return (
    <Page
      title={t('categories.title')}
      subtitle={t('categories.subtitle')}
      breadcrumbs={[{ label: t('name'), path: '/materials' }]}
      actions={add}
    >
      <Section flush>
        <Loaded query={query}>
          {({ categories }) =>
            categories.length === 0 ? (
              <Notice kind="info" title={t('categories.none')} action={add} />
            ) : (
              <Tree categories={categories} onEdit={canManage ? setEdited : undefined} />
            )
          }
        </Loaded>
      </Section>
      <CategoryDrawer
        key={edited === 'new' ? 'new' : edited?.id}
        edited={edited}
        all={query.data?.categories ?? []}
        onClose={() => setEdited(undefined)}
      />
    </Page>
  )
}

function Tree({ categories, onEdit }: { categories: Category[]; onEdit: ((category: Category) => void) | undefined }) {
  const t = useWords('materials')
  const locale = useLocale()
  const parents = new Map(categories.map((category) => [category.id, category.parentId]))
  const depthOf = (id: CategoryId): number => {
    const parent = parents.get(id)
    return parent ? depthOf(parent) + 1 : 0
  }
  return (
    <div className="mt-scroll">
      <table className="mt-table">
        <thead>
          <tr>
            <th>{t('categories.name')}</th>
            <th>{t('categories.code')}</th>
            <th>{t('categories.prefix')}</th>
            <th>{t('categories.own')}</th>
            {onEdit && <th aria-label={t('edit')} />}
          </tr>
        </thead>
        <tbody>
          {categories
            .filter((category) => !category.retired)
            .map((category) => (
              <tr key={category.id}>
                <td style={{ paddingInlineStart: 16 + depthOf(category.id) * 24 }}>
                  <Link to={`/materials?categoryId=${category.id}`}>{nameIn(locale, category.name, category.nameEn)}</Link>
                </td>
                <td data-label={t('categories.code')}>{category.code}</td>
                <td data-label={t('categories.prefix')}>{formatText(category.prefix)}</td>
                <td data-label={t('categories.own')}>
                  {formatText(category.attributes.map((one) => nameIn(locale, one.label, one.labelEn)).join('、'))}
                </td>
                {onEdit && (
                  <td>
                    <Space>
                      <Button size="small" onClick={() => onEdit(category)}>
                        {t('edit')}
                      </Button>
                      <Retire category={category} />
                    </Space>
                  </td>
                )}
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  )
}

function Retire({ category }: { category: Category }) {
  const t = useWords('materials')
  const { modal } = App.useApp()
  const change = useChange()
  return (
    <Button
      size="small"
      onClick={() =>
        modal.confirm({
          title: t('categories.retireTitle', { name: category.name }),
          content: t('categories.retireText'),
          okText: t('retire'),
          okButtonProps: { danger: true },
          onOk: () => change(() => call(materialsApi.retireCategory, { params: { id: category.id }, body: { version: category.version } })),
        })
      }
    >
      {t('retire')}
    </Button>
  )
}

interface Values {
  parentId?: CategoryId | null
  code: string
  name: string
  nameEn?: string | null
  prefix?: string | null
  attributes?: (Omit<Attribute, 'choices'> & { choices?: string[] })[]
}

function CategoryDrawer({ edited, all, onClose }: { edited: Category | 'new' | undefined; all: Category[]; onClose: () => void }) {
  const t = useWords('materials')
  const locale = useLocale()
  const change = useChange()
  const category = edited === 'new' ? undefined : edited
  const submit = (values: Values) => {
    const body = {
      parentId: values.parentId ?? null,
      code: values.code,
      name: values.name,
      nameEn: values.nameEn || null,
      prefix: values.prefix || null,
      attributes: (values.attributes ?? []).map((one) => ({
        ...one,
        labelEn: one.labelEn || null,
        unit: one.unit || null,
        choices: one.type === 'choice' ? (one.choices ?? []) : [],
        required: one.required ?? false,
      })),
    }
    return change(() =>
      category
        ? call(materialsApi.updateCategory, { params: { id: category.id }, body: { ...body, version: category.version } })
        : call(materialsApi.createCategory, { body }),
    )
  }
  return (
    <EditDrawer<Values>
      open={edited !== undefined}
      title={t(category ? 'categories.editTitle' : 'categories.add')}
      width={720}
      {...(category ? { initialValues: category } : {})}
      onClose={onClose}
      fieldOfCode={{ 'materials.categoryCodeTaken': 'code', 'materials.categoryLoop': 'parentId', 'materials.categoryTooDeep': 'parentId' }}
      onReload={() => void change(async () => undefined)}
      onSubmit={submit}
    >
      <Form.Item name="parentId" label={t('categories.parent')}>
        <Select
          allowClear
          showSearch={{ optionFilterProp: 'label' }}
          placeholder={t('categories.root')}
          options={categoryOptions(all, locale).filter((one) => one.value !== category?.id)}
        />
      </Form.Item>
      <div className="mt-pair">
        <Form.Item name="name" label={t('categories.name')} rules={[{ required: true, whitespace: true }]}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item name="nameEn" label={`${t('nameEn')}（${t('ui:optional')}）`}>
          <Input maxLength={120} autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="code"
          label={t('categories.code')}
          rules={[{ required: true, pattern: /^[A-Za-z0-9][A-Za-z0-9.-]{0,19}$/, message: t('categories.codeRule') }]}
        >
          <Input maxLength={20} autoComplete="off" />
        </Form.Item>
        <Form.Item name="prefix" label={t('categories.prefix')} extra={t('categories.prefixHint')}>
          <Input maxLength={20} autoComplete="off" placeholder="BRG" />
        </Form.Item>
      </div>
      <AttributeList />
    </EditDrawer>
  )
}

function AttributeList() {
  const t = useWords('materials')
  return (
    <fieldset className="mt-fields">
      <legend>{t('categories.attributes')}</legend>
      <p className="ls-quiet">{t('categories.attributesHint')}</p>
      <Form.List name="attributes">
        {(fields, { add, remove }) => (
          <>
            {fields.map(({ key, name }) => (
              <div key={key} className="mt-attribute">
                <Form.Item name={[name, 'label']} label={t('categories.label')} rules={[{ required: true }]}>
                  <Input maxLength={60} autoComplete="off" />
                </Form.Item>
                <Form.Item name={[name, 'labelEn']} label={t('nameEn')}>
                  <Input maxLength={60} autoComplete="off" />
                </Form.Item>
                <Form.Item
                  name={[name, 'key']}
                  label={t('categories.key')}
                  rules={[{ required: true, pattern: /^[a-z][a-zA-Z0-9]{0,39}$/, message: t('categories.keyRule') }]}
                >
                  <Input maxLength={40} autoComplete="off" placeholder="diameter" />
                </Form.Item>
                <Form.Item name={[name, 'type']} label={t('categories.type')} rules={[{ required: true }]}>
                  <Select
                    options={(['text', 'number', 'choice', 'yesNo'] as const).map((value) => ({
                      value,
                      label: t(`categories.types.${value}`),
                    }))}
                  />
                </Form.Item>
                <Form.Item noStyle shouldUpdate>
                  {({ getFieldValue }) => <TypeField name={name} type={getFieldValue(['attributes', name, 'type'])} />}
                </Form.Item>
                <Form.Item name={[name, 'required']} valuePropName="checked" label=" ">
                  <Checkbox>{t('categories.required')}</Checkbox>
                </Form.Item>
                <Form.Item label=" ">
                  <Button icon={<DeleteOutlined aria-hidden />} onClick={() => remove(name)}>
                    {t('remove')}
                  </Button>
                </Form.Item>
              </div>
            ))}
            <Button icon={<PlusOutlined aria-hidden />} onClick={() => add({ type: 'text', required: false })}>
              {t('categories.addAttribute')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  )
}

function TypeField({ name, type }: { name: number; type: Attribute['type'] | undefined }) {
  const t = useWords('materials')
  if (type === 'number')
    return (
      <Form.Item name={[name, 'unit']} label={t('baseUnit')}>
        <Input maxLength={20} autoComplete="off" placeholder="mm" />
      </Form.Item>
    )
  if (type === 'choice')
    return (
      <Form.Item name={[name, 'choices']} label={t('categories.choices')} rules={[{ required: true }]}>
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={['、', ',', '，']} placeholder={t('categories.choicesHint')} />
      </Form.Item>
    )
  return null
}
