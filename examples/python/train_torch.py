"""The same digits with PyTorch: trains a convolutional network, exports it with a dynamic number of rows, registers it with
its loss of every epoch, and holds the server's answers against PyTorch's own.

    pip install torch numpy scikit-learn        # and onnxscript, from PyTorch 2.9
    AUGUR_URL=http://127.0.0.1:8080 python train_torch.py
"""

import datetime
import os
import tempfile

import numpy
import torch
from sklearn.datasets import load_digits

import augur

MODEL, EPOCHS = "digits-torch", 20


def main():
    torch.manual_seed(7)
    x, y = load_digits(return_X_y=True)
    x, y = torch.tensor(x / 16, dtype=torch.float32).reshape(-1, 1, 8, 8), torch.tensor(y)
    order = torch.randperm(len(x))
    train, test = order[:1300], order[1300:]
    net = torch.nn.Sequential(
        torch.nn.Conv2d(1, 32, 3, padding=1),
        torch.nn.ReLU(),
        torch.nn.MaxPool2d(2),
        torch.nn.Flatten(),
        torch.nn.Linear(512, 10),
        torch.nn.Softmax(dim=1),
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=2e-3)
    now = datetime.datetime.now(datetime.timezone.utc).isoformat()
    points = []
    for epoch in range(1, EPOCHS + 1):
        for rows in train[torch.randperm(len(train))].split(32):
            optimizer.zero_grad()
            loss = torch.nn.functional.nll_loss(net(x[rows]).clamp_min(1e-9).log(), y[rows])
            loss.backward()
            optimizer.step()
        with torch.no_grad():
            accuracy = (net(x[test]).argmax(1) == y[test]).float().mean().item()
        for name, value in ("train_loss", loss.item()), ("val_accuracy", accuracy):
            points.append({"name": name, "step": epoch, "value": value, "at": now})

    net.eval()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "digits.onnx")
        # Without dynamic_axes the export is for the one row of the example, and the server runs rows one by one.
        names = {"input_names": ["pixels"], "output_names": ["probabilities"]}
        torch.onnx.export(net, (x[:1],), path, dynamic_axes={"pixels": {0: "rows"}, "probabilities": {0: "rows"}}, **names)
        augur.create(MODEL, description="Handwritten digits, 8 by 8 pixels.")
        version = augur.register(
            MODEL,
            "1.0.0",
            path,
            framework=f"PyTorch {torch.__version__}",
            classes=[{"output": "probabilities", "classes": [str(c) for c in range(10)]}],
        )
    augur.log(version, points)

    got, _ = augur.predict(MODEL, "1.0.0", "pixels", x[test].numpy(), "probabilities")
    with torch.no_grad():
        want = net(x[test]).numpy()
    numpy.testing.assert_allclose(got.reshape(want.shape), want, atol=1e-5)
    print(f"accuracy {accuracy:.4f}; {len(test)} answers of the server are PyTorch's own")


if __name__ == "__main__":
    main()
