import type pg from 'pg'

/** Materials of one category by SQL alone, with every kind of text that a search meets: for tests and benches. */
export async function makeManyMaterials(owner: pg.Client, orgId: string, categoryId: string, n: number): Promise<void> {
  // The owner is held by row-level security too; the audit of so many rows is not what is measured.
  await owner.query('alter table materials.material no force row level security; alter table materials.material disable trigger user')
  await owner.query(
    `insert into materials.material (org_id, category_id, code, name, specification, base_unit, kind, control, attributes, units, note, search_text, created_at)
     select $1::uuid, $2::uuid, code, name, specification, 'H87', 'part', 'none', '{}', '[]', '',
       lower(code || ' ' || name || ' ' || py || ' ' || specification), now() - i * interval '1 minute'
     from (
       select i, 'MT-' || lpad(i::text, 6, '0') as code, names[1 + i % 7] || i % 977 as name, pys[1 + i % 7] as py,
         'M' || i % 40 || 'x' || i % 200 || ' GB/T ' || 5000 + i % 800 as specification
       from generate_series(1, $3::int) i,
         (values (array['内六角圆柱头螺栓', '深沟球轴承', '铝合金压铸件毛坯', '变速箱壳体', '电机定子总成', '碳刷组件', '齿轮润滑油'],
           array['neiliujiaoyuanzhutouluoshuan nljyztls', 'shengouqiuzhoucheng sgqzc', 'lvhejinyazhujianmaopi lhjyzjmp', 'biansuxiangketi bsxkt',
             'dianjidingzizongcheng djdzzc', 'tanshuazujian tszj', 'chilunrunhuayou clrhy'])) v(names, pys)) made`,
    [orgId, categoryId, n],
  )
  await owner.query('alter table materials.material force row level security; alter table materials.material enable trigger user')
}
