"""What Google and Meta call their columns in languages that no table of people is read in.

Words that have been seen in files or in programs that read them, and of some pairs (start and end,
currency, account) the counterpart of one that was seen. They are written here as in the files, and
kept folded: folding takes more from these scripts than accents.
"""

from collections.abc import Iterable

from spend.formats.headings import fold
from spend.formats.words import names


def _folded(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(fold, texts))


META = {
    field: _folded(names(text))
    for field, text in {
        "campaign": "キャンペーン名 | 캠페인 이름 | 广告系列名称 | Nazwa kampanii | Kampanya Adı"
        " | Название кампании | Назва кампанії | Tên chiến dịch | اسم الحملة"
        " | Nama kampanye | 行銷活動名稱",
        "platform_id": "キャンペーンID | Идентификатор кампании | Ідентифікаційний номер кампанії"
        " | 行銷活動編號",
        "day": "日 | 일 | Dzień | Gün | День | Ngày | Tanggal | 天數",
        "start": "レポート開始日 | 보고 시작 | 报告开始日期 | Początek raportowania"
        " | Rapor Başlangıcı | Дата начала отчетности | Початок звітності | Lượt bắt đầu báo cáo"
        " | بداية التقارير | Awal pelaporan | 分析報告開始",
        "last_day": "レポート終了日 | 보고 종료 | 报告结束日期 | Rapor Sonu"
        " | Дата окончания отчетности | Окончание отчетности | Завершення звітності"
        " | Lượt kết thúc báo cáo | نهاية التقارير | Akhir pelaporan | 分析報告結束",
        "amount": "消化金額 | 지출 금액 | 已花费金额 | 花费金额 | Wydana kwota | Harcanan Tutar"
        " | Сумма затрат | Потраченная сумма | Сума витрат | Số tiền đã chi tiêu"
        " | المبلغ الذي تم إنفاقه | Jumlah yang dibelanjakan | 花費金額",
        "currency": "通貨 | 통화 | 货币 | Waluta | Para Birimi | Валюта | Đơn vị tiền tệ",
        "impressions": "インプレッション | インプレッション数 | 노출 | 展示次数 | Wyświetlenia"
        " | Gösterim | Показы | Покази | Lượt hiển thị | مرات الظهور | Impresi | 曝光次數",
        "clicks": "リンクのクリック | リンクのクリック数 | リンククリック | 링크 클릭 | 链接点击量"
        " | Kliknięcia linku | Bağlantı Tıklamaları | Клики по ссылке | Lượt click vào liên kết"
        " | クリック(すべて) | 클릭(전체) | 点击量(全部) | Kliknięcia (wszystkie)"
        " | Tıklamalar (Tümü) | Клики (все)"
        " | Klik tautan | 連結點擊次數 | Klik (semua) | 點擊次數(全部)",
        "account": "Идентификатор аккаунта | Ідентифікаційний код облікового запису"
        " | アカウント名 | 계정 이름 | 账户名称",
        # Of whom it was shown to and where.
        "breakdowns": "年齢 | 性別 | 国 | 地域 | プラットフォーム | 配置"
        " | 연령 | 성별 | 국가 | 지역 | 플랫폼 | 年龄 | 性别 | 国家/地区 | 地区 | 平台 | 版位"
        " | Wiek | Płeć | Kraj | Region"
        " | Yaş | Cinsiyet | Ülke | Bölge | Возраст | Пол | Страна | Регион | Платформа"
        " | Độ tuổi | Giới tính | Quốc gia | Vùng"
        " | Negara | 年齡 | 性別",
        # Of how a campaign is set up: a part of the heading.
        "settings": "アトリビューション | 予算 | 配信 | 結果 | 기여 | 예산 | 게재 | 결과"
        " | 归因 | 预算 | 投放 | 成效 | atrybuc | budżet | emisj | wynik | ilişkilendirme | bütçe"
        " | yayın | sonuç"
        " | атрибуц | бюджет | показ кампании | результат | ghi nhận | ngân sách | phân phối"
        " | kết quả | atribusi | anggaran | penayangan | hasil | 投遞 | 成果",
    }.items()
}
GOOGLE = {
    field: _folded(names(text))
    for field, text in {
        "campaign": "キャンペーン | 캠페인 | Кампания",
        "day": "日 | 일",
        "week": "週 | 주",
        "month": "月 | 월",
        "amount": "費用 | 비용 | Расходы",
        "currency": "通貨コード | 통화 코드",
        "impressions": "表示回数 | 노출수 | Показы",
        "clicks": "クリック数 | 클릭수",
        "title": "キャンペーン レポート | 캠페인 보고서 | Отчет о кампании",
    }.items()
}
# Labels of totals, what stands for every age or device, and what totals of all campaigns are of.
# The Russian labels are a guard: they were not seen in a report.
TOTALS = names("合計 | 総計 | 합계 | 총계 | 전체 | Итого | Всего")
EVERY = _folded(names("すべて | 全部 | 전체 | Все | Wszystkie | Tümü | Tất cả"))
OF_ALL = _folded(names("キャンペーン | アカウント | 캠페인 | 계정 | кампани | аккаунт"))
