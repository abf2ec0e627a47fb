from core.charts.found import found


def test_the_curve_starts_at_nothing_and_marks_the_chosen_length() -> None:
    figure = found([(10, 9.0, 6.0, 10.0), (40, 20.0, 12.0, 30.0)], 10)
    line = figure.data[-1]
    assert list(line.x) == [0, 10, 40]
    assert list(line.y) == [0.0, 9.0, 20.0]
    assert [tuple(ends) for ends in line.customdata] == [(0.0, 0.0), (6.0, 10.0), (12.0, 30.0)]
    assert [shape.x0 for shape in figure.layout.shapes] == [10]
