"""What exports bring along, and what the server makes of it: ZipMap, a fixed number of rows, strings, float16.

    AUGUR_URL=http://127.0.0.1:8080 python exports.py

Each model is trained on data that ship with scikit-learn, registered, and asked for the same row as scikit-learn itself.
"""

import os
import re
import tempfile

import numpy
from onnxruntime.transformers.float16 import convert_float_to_float16
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import augur

OPSET = 17


def columns(data, name="X"):
    """Features of a matrix input, one a column: rows then carry names and not numbers in an order."""
    return [{"name": re.sub(r"\W+", "_", c).strip("_"), "input": name, "column": i} for i, c in enumerate(data.feature_names)]


def push(model, graph, **more):
    """Registers a graph as version 1.0.0 of a model that is created when it is missing."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.onnx")
        with open(path, "wb") as file:
            file.write(graph.SerializeToString())
        augur.create(model)
        augur.register(model, "1.0.0", path, **more)
        return os.path.getsize(path)


def zipmap():
    """A classifier as skl2onnx exports it: its probabilities are a list of maps. Nothing needs to be switched off."""
    wine = load_wine()
    classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(wine.data, wine.target)
    features = columns(wine)
    push("wine", to_onnx(classifier, wine.data[:1].astype(numpy.float32), target_opset=OPSET), features=features)
    got = augur.rows("wine", [dict(zip([f["name"] for f in features], wine.data[0]))])[0]
    print("zipmap   ", got)
    want = classifier.predict_proba(wine.data[:1])[0]
    assert all(abs(got["output_probability"][str(c)] - p) < 1e-4 for c, p in enumerate(want)), want


def fixed():
    """The same classifier exported for exactly one row, which is all that the version then takes; and mended afterwards."""
    wine = load_wine()
    classifier = make_pipeline(StandardScaler(), LogisticRegression()).fit(wine.data, wine.target)
    features = columns(wine)
    rows = [dict(zip([f["name"] for f in features], row)) for row in wine.data[:3]]
    graph = to_onnx(classifier, initial_types=[("X", FloatTensorType([1, 13]))], target_opset=OPSET)
    push("wine-one-row", graph, features=features)
    try:
        augur.rows("wine-one-row", rows)
        raise AssertionError("three rows where one fits")
    except RuntimeError as refused:
        print("fixed    ", refused)
    # FloatTensorType([None, 13]) would have said so at once. Of a file that is there, the first dimension gets a name:
    for value in (*graph.graph.input, *graph.graph.output):
        if value.type.HasField("tensor_type"):
            value.type.tensor_type.shape.dim[0].dim_param = "rows"
    push("wine-any-rows", graph, features=features)
    got = [row["output_label"] for row in augur.rows("wine-any-rows", rows)]
    print("dynamic  ", got)
    assert got == classifier.predict(wine.data[:3]).tolist()


def strings():
    """Strings stay strings: the encoder is part of the graph, so no client has a table of numbers to keep in step."""
    iris = load_iris()
    species = iris.target_names[iris.target].astype(object)
    x = numpy.column_stack([species, iris.data[:, 0]]).astype(object)
    encode = ColumnTransformer([("species", OneHotEncoder(handle_unknown="ignore"), [0]), ("length", "passthrough", [1])])
    classifier = make_pipeline(encode, LogisticRegression(max_iter=1000)).fit(x, iris.data[:, 3] > 1.5)
    types = [("species", StringTensorType([None, 1])), ("sepal_length", FloatTensorType([None, 1]))]
    graph = to_onnx(classifier, initial_types=types, options={id(classifier): {"zipmap": False}}, target_opset=OPSET)
    features = [{"name": "species", "oneOf": iris.target_names.tolist()}, {"name": "sepal_length", "min": 0, "unit": "cm"}]
    push("iris-wide-petal", graph, features=features)
    got = augur.rows("iris-wide-petal", [{"species": "virginica", "sepal_length": 6.5}])[0]
    print("strings  ", got)
    want = classifier.predict_proba(numpy.array([["virginica", 6.5]], dtype=object))[0]
    assert abs(got["probabilities"][1] - want[1]) < 1e-4, want


def float16():
    """Half the bytes: inputs and outputs are float16 too, and rows still carry plain numbers."""
    diabetes = load_diabetes()
    regressor = MLPRegressor(hidden_layer_sizes=(64, 64), random_state=7, max_iter=2000).fit(diabetes.data, diabetes.target)
    whole = to_onnx(regressor, diabetes.data[:1].astype(numpy.float32), target_opset=OPSET)
    features = columns(diabetes)
    row = dict(zip([f["name"] for f in features], diabetes.data[0]))
    sizes = [push("diabetes", whole, features=features), push("diabetes-float16", convert_float_to_float16(whole), features=features)]
    got = [float(augur.rows(model, [row])[0]["variable"]) for model in ("diabetes", "diabetes-float16")]
    print("float16  ", f"{got[0]:.3f} and {got[1]:.3f}, {sizes[0]} and {sizes[1]} bytes")
    assert abs(got[0] - regressor.predict(diabetes.data[:1])[0]) < 1e-2 and abs(got[0] - got[1]) < 1, got


if __name__ == "__main__":
    for example in (zipmap, fixed, strings, float16):
        example()
