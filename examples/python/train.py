"""From training to serving: trains a classifier of handwritten digits, exports it to ONNX, registers it with its metrics,
quantises it, registers that too, and compares both by what the server answers.

    pip install -r requirements.txt
    AUGUR_URL=http://127.0.0.1:8080 python train.py

The data set ships with scikit-learn; nothing is downloaded.
"""

import datetime
import os
import statistics
import sys
import tempfile

import numpy
import sklearn
from onnxruntime.quantization import QuantType, quantize_dynamic
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from sklearn.datasets import load_digits
from sklearn.metrics import log_loss
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

import augur

MODEL, EPOCHS = "digits", 30


def train():
    """Returns a trained classifier, its test set and its history: one row of metrics an epoch."""
    x, y = load_digits(return_X_y=True)
    x = (x / 16).astype(numpy.float32)
    x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.3, random_state=7, stratify=y)
    classifier = MLPClassifier(hidden_layer_sizes=(256, 128), random_state=7)
    history = []
    for epoch in range(1, EPOCHS + 1):
        classifier.partial_fit(x_train, y_train, classes=numpy.unique(y))
        history.append(
            {
                "train_loss": classifier.loss_,
                "val_loss": log_loss(y_test, classifier.predict_proba(x_test)),
                "val_accuracy": classifier.score(x_test, y_test),
            }
        )
    return classifier, x_test, y_test, history


def points(history):
    """The history as metricsLog wants it."""
    at = datetime.datetime.now(datetime.timezone.utc).isoformat()
    return [
        {"name": name, "step": epoch, "value": float(value), "at": at}
        for epoch, row in enumerate(history, 1)
        for name, value in row.items()
    ]


def measure(version, x, y):
    """What the server answers for the test set: accuracy, and the median run of one row."""
    labels, _ = augur.predict(MODEL, version, "pixels", x, "label")
    runs = [augur.predict(MODEL, version, "pixels", x[i : i + 1], "label")[1] for i in range(100)]
    return float((labels == y).mean()), statistics.median(runs)


def main():
    classifier, x_test, y_test, history = train()
    print(f"trained: accuracy {history[-1]['val_accuracy']:.4f} after {EPOCHS} epochs")

    with tempfile.TemporaryDirectory() as folder:
        # None is the dynamic axis: any number of rows. Without zipmap, probabilities are one matrix and not a list of maps.
        whole = os.path.join(folder, "digits.onnx")
        graph = to_onnx(
            classifier,
            initial_types=[("pixels", FloatTensorType([None, 64]))],
            options={id(classifier): {"zipmap": False, "output_class_labels": False}},
            target_opset=17,
        )
        rename(graph, {graph.graph.output[0].name: "label", graph.graph.output[1].name: "probabilities"})
        with open(whole, "wb") as file:
            file.write(graph.SerializeToString())
        small = os.path.join(folder, "digits-int8.onnx")
        quantize_dynamic(whole, small, weight_type=QuantType.QInt8)

        augur.create(MODEL, description="Handwritten digits, 8 by 8 pixels.")
        about = {
            "framework": f"scikit-learn {sklearn.__version__}",
            "classes": [{"output": "probabilities", "classes": [str(c) for c in classifier.classes_]}],
            "lineage": {"datasetName": "sklearn.datasets.load_digits", "runId": f"seed-7-epochs-{EPOCHS}"},
        }
        ids = {
            "1.0.0": augur.register(MODEL, "1.0.0", whole, **about),
            "1.1.0": augur.register(MODEL, "1.1.0", small, tags=[{"key": "quantised", "value": "int8"}], **about),
        }
        sizes = {"1.0.0": os.path.getsize(whole), "1.1.0": os.path.getsize(small)}

    augur.log(ids["1.0.0"], points(history))
    results = {version: measure(version, x_test, y_test) for version in ids}
    for version, (accuracy, run_ms) in results.items():
        augur.log(ids[version], points([{"test_accuracy": accuracy, "run_ms": run_ms, "bytes": sizes[version]}]))

    compared = augur.graphql(
        """query($ids: [ID!]!) { versionComparison(ids: $ids) {
          metrics { name values: summaries { last } }
        } }""",
        ids=list(ids.values()),
    )["versionComparison"]
    print(f"{'':14} {'1.0.0':>12} {'1.1.0 (int8)':>12}")
    for metric in compared["metrics"]:
        last = ["-" if value is None else format(float(value["last"]), ".6g") for value in metric["values"]]
        print(f"{metric['name']:14} {last[0]:>12} {last[1]:>12}")

    # The quantised one becomes the champion when it is smaller and costs no more than one point of accuracy.
    lost = results["1.0.0"][0] - results["1.1.0"][0]
    champion = "1.1.0" if sizes["1.1.0"] < sizes["1.0.0"] and lost <= 0.01 else "1.0.0"
    augur.graphql(
        "mutation($input: AliasSetInput!) { aliasSet(input: $input) { userErrors { code message field } } }",
        input={"model": MODEL, "alias": "champion", "version": champion, "reason": f"quantising costs {100 * lost:.2f} points of accuracy"},
    )
    print(f"champion: {champion}, {100 * lost:.2f} points of accuracy lost, {sizes['1.0.0'] / sizes['1.1.0']:.1f} times smaller")
    if abs(results["1.0.0"][0] - history[-1]["val_accuracy"]) > 0.002:
        sys.exit("the server does not answer what was trained")


def rename(graph, names):
    """Renames outputs: those of skl2onnx carry numbers."""
    for node in graph.graph.node:
        node.input[:] = [names.get(n, n) for n in node.input]
        node.output[:] = [names.get(n, n) for n in node.output]
    for output in graph.graph.output:
        output.name = names.get(output.name, output.name)


if __name__ == "__main__":
    main()
