import type { DefectForm } from '../contract.ts'

/** What workshops of metal parts and electronics meet most: a start, to be renamed as one likes. */
export const commonDefects: readonly DefectForm[] = [
  { code: 'D01', name: '尺寸超差', nameEn: 'Out of dimension', severity: 'major' },
  { code: 'D02', name: '外观划伤', nameEn: 'Scratched', severity: 'minor' },
  { code: 'D03', name: '毛刺飞边', nameEn: 'Burr or flash', severity: 'minor' },
  { code: 'D04', name: '气孔砂眼', nameEn: 'Porosity', severity: 'major' },
  { code: 'D05', name: '裂纹', nameEn: 'Crack', severity: 'critical' },
  { code: 'D06', name: '锈蚀', nameEn: 'Rust', severity: 'major' },
  { code: 'D07', name: '材质不符', nameEn: 'Wrong material', severity: 'critical' },
  { code: 'D08', name: '功能不良', nameEn: 'Does not work', severity: 'critical' },
  { code: 'D09', name: '标识不清', nameEn: 'Marking not legible', severity: 'minor' },
]
